import { nestWith } from './client.js';

const nest = nestWith('contracts/leaks');
const aerieOnly = nestStock ? describe.skip : describe; // stock Nest sends the rows

async function ask(path: string) {
  const { status, text, body } = await nest.get(`/leaks/${path}`);
  expect(text).not.toMatch(/secret|password_hash/);
  return [status, body as unknown];
}

aerieOnly('a row of an entity on a documented route', () => {
  it.each([
    'thrown/row',
    'thrown/field',
    'thrown/list',
    'thrown/message',
    'filters/json',
    'filters/send',
    'filters/base',
    'media',
    'passthrough',
  ])('is not sent with its private columns, but is a logged 500: %s', async (path) => {
    expectServerErrors();
    nest.logs.splice(0);
    expect(await ask(path)).toEqual([500, { detail: 'Internal server error' }]);
    const errors = nest.logs.filter(({ level }) => Number(level) >= 50);
    expect(errors).toHaveLength(1);
    if (path !== 'passthrough') expect(JSON.stringify(errors)).toMatch(/row of User.*send only the fields/);
  });

  it.each(['replaced', 'recovered'])('is sent with the fields of the response model: %s', async (path) => {
    expect(await ask(path)).toEqual([200, { name: 'Tom' }]);
  });

  it('is sent as its toJSON() says', async () => {
    expect(await ask('public')).toEqual([409, { detail: { holder: { name: 'Tom' } } }]);
  });

  it('does not concern errors without rows', async () => {
    expect(await ask('plain')).toEqual([409, { holder: { name: 'Tom' } }]);
  });
});
