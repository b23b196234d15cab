import { expectInvalid, nestWith } from './client.js';

const aerieOnly = nestStock ? describe.skip : describe; // stock Nest answers 500 if a transformation throws

aerieOnly('a documented route', () => {
  const nest = nestWith('validation/transformed');
  const add = (body: object) => nest.post('/guests').send(body);

  it('uses the result of @Transform() and ignores fields with @Exclude()', async () => {
    const { status, body } = await add({ name: '   Ada   ', role: 'admin' });
    expect([status, body]).toEqual([200, { name: 'Ada', role: 'guest' }]);
    expect((await nest.get('/guests?loud=please&inner=x')).body).toEqual({ name: 'ADA', role: 'guest' });
  });

  it.each([5, null, [], {}])('rejects a value for which the transformation throws: %j', async (name) => {
    expectInvalid(await add({ name }), 'name');
  });

  it('does not document excluded fields of requests and responses', () => {
    const { paths, components } = nest.document as {
      paths: Record<string, { get: { parameters: { name: string; in: string }[] } }>;
      components: { schemas: Record<string, { properties: object }> };
    };
    expect(Object.keys(components.schemas['CreateGuest']!.properties)).toEqual(['name']);
    expect(Object.keys(components.schemas['Guest']!.properties)).toEqual(['name', 'role']);
    const asked = paths['/guests']!.get.parameters.filter((one) => one.in === 'query').map((one) => one.name);
    expect(asked).toEqual(['loud']);
  });
});
