import { expectError, nestWith } from './client.js';

const path = (name: string) => `/schemas-documented/${name}`;
const aerieOnly = nestStock ? it.skip : it; // stock Nest has no other validation pipe

describe('Standard Schemas on documented routes', () => {
  const nest = nestWith('pipes/schemas-documented');

  it('validate the body as it was sent, instead of its class', async () => {
    const created = await nest.post(path('cats')).send({ name: 'Tom', lives: '4' });
    expect(created.body).toEqual({ told: 'Tom the even 4' });
    expectError(await nest.post(path('cats')).send({ name: 'Tom', lives: 5 }), 400, 'lives: must be even');
  });

  it('validate path and query parameters as they were sent', async () => {
    expect((await nest.get(path('values/7?n=8'))).body).toEqual({ told: '8 9' });
    expectError(await nest.get(path('values/x?n=8')), 400, /must be digits, not a string/);
    expectError(await nest.get(path('values/7')), 400, /must be digits, not a undefined/);
  });

  it('validate custom parameters if the pipe has validateCustomDecorators', async () => {
    expect((await nest.get(path('device')).set('X-Device', '7')).body).toEqual({ told: '8' });
    expectError(await nest.get(path('device')).set('X-Device', 'x'), 400, /must be digits, not a string/);
  });

  it('serialize the response, also a list', async () => {
    expect((await nest.get(path('serialized'))).body).toEqual({ told: 'QUIET' });
    expect((await nest.get(path('listed'))).body).toEqual([{ told: 'QUIET' }, { told: 'SILENT' }]);
  });

  aerieOnly.each(['classes', 'plain-classes'])('leave a body without a schema to its class: %s', async (name) => {
    const { status, body } = await nest.post(path(name)).send({ name: 'Tom', lives: 99 });
    expect([status, body]).toMatchObject([422, { detail: [{ loc: ['body', 'lives'] }] }]);
  });

  aerieOnly('leave another parameter of the same class to the class', async () => {
    const { status, body } = await nest.post(path('pairs?name=toolonganame&lives=1')).send({ name: 'Tom', lives: 4 });
    expect([status, body]).toMatchObject([422, { detail: [{ loc: ['query', 'name'] }, { loc: ['query', 'lives'] }] }]);
  });
});

describe('a global StandardSchemaValidationPipe', () => {
  const nest = nestWith('pipes/schemas-global');
  const post = (path: string, body: object) => nest.post(`/schemas-global/${path}`).send(body);

  it('validates the body with its schema as it was sent', async () => {
    expect((await post('schemas', { name: ['Tom', 'Cat'] })).body).toEqual({ name: 'Tom Cat' });
    expectError(await post('schemas', { name: 'Tom' }), 400, 'name: must be a list');
  });

  aerieOnly('leaves a body without a schema to its class', async () => {
    const { status, body } = await post('classes', { name: 7 });
    expect([status, body]).toMatchObject([422, { detail: [{ loc: ['body', 'name'] }] }]);
  });
});
