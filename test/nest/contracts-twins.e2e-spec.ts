const aerieOnly = nestStock ? describe.skip : describe; // stock Nest mixes up the two classes

aerieOnly('two models with the same name', () => {
  it('in two routes prevent the start with an error that states the remedy', async () => {
    await expect(startNest('contracts/twins')).rejects.toThrow(
      /TwinsController\.showOtherTwin .*has two models with the name TwinDto.*rename one/,
    );
  });
});
