import { expectError, nestWith } from './client.js';

const good = { email: 'ada@example.com', password: 'long enough' };
const bad = { ...good, email: 'x' };

describe('a validation pipe of a handler, a controller or a parameter', () => {
  const nest = nestWith('pipes/own');
  const get = async (path: string) => ((await nest.get(path)).body as { json: string }).json;
  const post = async (path: string, body: object) => ((await nest.post(path).send(body)).body as { json: string }).json;

  it('transforms the original input only once', async () => {
    expect(await get('/own/flag?active=true')).toBe('FlagQuery {"active":true}');
    expect(await get('/own/flag?active=false')).toBe('FlagQuery {"active":false}');
    expect(await get('/own/flag-parameter?active=true')).toBe('FlagQuery {"active":true}');
    expect(await post('/own/named', { first_name: 'Ada' })).toBe('NamedDto {"firstName":"Ada"}');
    expect(await post('/own-prices', { price: 2 })).toBe('PriceDto {"price":200}');
    expect(await post('/own-prices', { price: '1.25' })).toBe('PriceDto {"price":125}');
  });

  it('applies its options', async () => {
    expect(await post('/own/create', { name: 'Ada' })).toBe('Object {"name":"Ada"}');
    expectError(await nest.post('/own/create').send({ name: 7 }), 400, 'name must be a string');
    expectError(await nest.post('/own/factory').send(bad), 409, 'own: email');
    expectError(await nest.post('/own/silent').send(bad), 406, 'Not Acceptable');
    expect((await nest.patch('/own/part').send({ email: good.email })).status).toBe(200);
    expect(await get('/own/implicit?page=2&flag=true')).toBe('PageQuery {"page":2,"flag":true}');
  });

  it('validates only its parameter', async () => {
    const { status, body } = await nest.post('/own/mixed?active=true').send(good);
    expect([status, (body as { json: string }).json]).toEqual([
      200,
      expect.stringContaining('"query":{"active":true}'),
    ]);
    if (!nestStock) expect((await nest.post('/own/mixed').send(bad)).status).toBe(422); // stock Nest has one pipe only
  });

  it('also validates documented routes', async () => {
    expect(await post('/own-documented/price', { price: 2 })).toBe('PriceDto {"price":200}');
    expect(await get('/own-documented/flag?active=true')).toBe('FlagQuery {"active":true}');
    expect(await get('/own-documented/ids/3')).toBe('IdParams {"id":4}');
    expectError(await nest.post('/own-documented/factory').send(bad), 409, 'own: email');
    const answer = await nest.post('/own-documented/strict').send({ ...good, admin: true });
    expectError(answer, 400, 'property admin should not exist');
    expectError(await nest.get('/own-documented/ids/x'), 400, /id must be/);
  });

  it('does not replace the checks of the kernel on a body', async () => {
    if (nestStock) return;
    const send = (type: string, text: string) => nest.post('/own-documented/price').type(type).send(text);
    const broken = await send('application/json', '{"price":');
    expect([broken.status, broken.body]).toMatchObject([422, { detail: [{ type: 'json_invalid' }] }]);
    expect((await send('application/json', '{"price":1,"__proto__":{"a":1}}')).status).toBe(422);
    expect((await send('application/json', `{"price":1,"a":${'['.repeat(999)}${']'.repeat(999)}}`)).status).toBe(422);
    expect((await send('application/x-www-form-urlencoded', 'price=1')).status).toBe(415);
    expect((await send('application/json', `{"price":"${'1'.repeat(200_000)}"}`)).status).toBe(413);
    expect((await nest.post('/own-documented/price')).status).toBe(400);
  });

  it('adds a 400 response for a query to the document and keeps the schema of a body', () => {
    if (nestStock) return;
    const { paths } = nest.document as unknown as { paths: Record<string, Record<string, { responses: object }>> };
    expect(Object.keys(paths['/own-documented/flag']!['get']!.responses)).toContain('400');
    expect(JSON.stringify(paths['/own-documented/price'])).toContain('PriceDto');
  });
});

describe('a validation pipe of useGlobalPipes()', () => {
  const nest = nestWith('pipes/own-global');
  const post = (path: string, body: object) => nest.post(path).send(body);

  it('transforms and validates the original input of undocumented routes', async () => {
    expect((await nest.get('/used/flag/7?active=true')).body).toEqual({ json: 'Object {"active":true,"id":7}' });
    expect((await post('/used/price', { price: 2 })).body).toEqual({ json: 'PriceDto {"price":200}' });
    expectError(await post('/used/account', { ...good, admin: true }), 409, 'own: admin');
    expectError(await post('/used/account', bad), 409, 'own: email');
  });

  it('does not apply to documented routes, which use the pipe of the kernel', async () => {
    if (nestStock) return;
    expect((await post('/used-documented/price', { price: 2 })).body).toEqual({ json: 'PriceDto {"price":200}' });
    const { status, body } = await post('/used-documented/account', bad);
    expect([status, body]).toMatchObject([422, { detail: [{ loc: ['body', 'email'] }] }]);
    expect((await post('/used-documented/account', { ...good, admin: true })).status).toBe(200);
  });
});
