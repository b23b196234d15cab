/** Returns the lines of the start error, one for each wrong declaration in the feature. */
async function refusalOf(feature: string): Promise<string[]> {
  const error: unknown = await startNest(feature).catch((thrown: unknown) => thrown);
  return (error as Error).message.split('\n');
}

describe('the application does not start with an enhancer', () => {
  let refusals: Promise<string[]> | undefined;

  it.each([
    ['instance', /groups.*ClassSerializerInterceptor.*Salary\.cents.*class/],
    ['strategy', /groups.*ClassSerializerInterceptor.*Salary\.cents.*class/],
    ['provided', /groups.*ClassSerializerInterceptor.*Salary\.cents.*class/],
    ['device', /schema.*nothing reads.*validateCustomDecorators: true/],
    ['inherited', /schema.*nothing reads.*validateCustomDecorators: true/],
    ['bytes', /schema.*nothing reads.*validateCustomDecorators: true/],
  ])('whose effect would be lost on a documented route, and the error states the remedy: %s', async (name, remedy) => {
    const lines = await (refusals ??= refusalOf('contracts/refused-enhancers'));
    expect(lines.filter((line) => line.startsWith(`EnhancersController.${name} `))).toEqual([
      expect.stringMatching(remedy),
    ]);
  });

  it.each(['ungrouped', 'scoped'])('but starts with one whose groups are none, or not known: %s', async (name) => {
    const lines = await (refusals ??= refusalOf('contracts/refused-enhancers'));
    expect(lines.filter((line) => line.startsWith(`EnhancersController.${name} `))).toEqual([]);
  });

  it('that is global and shows groups', async () => {
    expect(await refusalOf('contracts/refused-global')).toEqual([
      expect.stringMatching(/^WagesController\.wage .*groups.*Wage\.cents/),
    ]);
  });
});

describe('the application does not start with a handler', () => {
  it('that is a generator, whose values would not be checked', async () => {
    expect(await refusalOf('contracts/refused-generators')).toEqual(
      ['generated', 'stepwise'].map((name): unknown =>
        expect.stringMatching(`^GeneratorsController.${name} is a generator.*@ReturnsMedia`),
      ),
    );
  });
});
