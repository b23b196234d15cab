const aerieOnly = nestStock ? describe.skip : describe; // stock Nest mixes up the two classes

aerieOnly('two models of one name', () => {
  it('of two routes stop the start, with the remedy', async () => {
    await expect(startNest('contracts/twins')).rejects.toThrow(
      /TwinsController\.showOtherTwin .*has two models with the name TwinDto.*rename one/,
    );
  });
});
