const aerieOnly = nestStock ? describe.skip : describe; // stock Nest takes the one for the other

aerieOnly('two models of one name', () => {
  it('of two routes stop the start, with the remedy', async () => {
    await expect(startNest('contracts/twins')).rejects.toThrow(
      /TwinsController\.showOtherTwin .*two classes are named TwinDto.*rename one/,
    );
  });
});
