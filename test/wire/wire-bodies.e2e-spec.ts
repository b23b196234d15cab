import request from 'supertest';
import { gzipSync } from 'node:zlib';
import { raw, request as rawRequest } from '../support/raw.js';
import { type Actor, aUser } from '../support/world.js';

const PREVIEW = '/users/preview';
const JSON_ONLY = { detail: 'Send the body as application/json' };
const GOOD = { email: 'ann@example.com', name: 'Ann' };

const server = () => request(baseUrl);
/** Sends these bytes unchanged. */
const post = (body: string | Buffer, type = 'application/json', path = PREVIEW) =>
  server()
    .post(path)
    .set('Content-Type', type)
    .serialize((given: unknown) => given as string)
    .send(body as string);

let user: Actor;

beforeAll(async () => {
  user = await aUser();
});

describe('the media type of a request to a JSON route', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json ; charset = "utf-8"; v=1',
    'application/vnd.api+json',
    'application/merge-patch+json; a=b',
  ])('may be %s', async (type) => {
    expect((await post(JSON.stringify(GOOD), type)).status).toBe(200);
  });

  it.each([
    'text/plain',
    'text/json',
    'application/json5',
    'application/jsonx',
    'application/json, text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/+json',
    'json',
    '*/*',
  ])('may not be %s', async (type) => {
    const answer = await post(JSON.stringify(GOOD), type);
    expect([answer.status, answer.body]).toEqual([415, JSON_ONLY]);
  });

  it.each(['utf-7', 'latin-1', '"utf-16"', 'iso-8859-1', 'utf-8x'])('may not have the charset %s', async (charset) => {
    expect((await post(JSON.stringify(GOOD), `application/json; charset=${charset}`)).status).toBe(415);
  });

  it('is required', async () => {
    const body = JSON.stringify(GOOD);
    const answer = await raw(rawRequest(`POST ${PREVIEW}`, { 'Content-Length': `${body.length}` }, body));
    expect([answer.status, JSON.parse(answer.body)]).toEqual([415, JSON_ONLY]);
  });

  it('is checked on every JSON route, so that HTML forms cannot post to it', async () => {
    const form = 'email=a%40b.example&name=Ann&password=Password1&item_id=1&quantity=1&title=t&body=b';
    for (const [method, path] of [
      ['post', '/users'],
      ['post', '/auth/refresh'],
      ['post', '/orders'],
      ['post', '/api/v1/posts'],
      ['patch', '/profile'],
      ['put', '/users/1'],
    ] as const) {
      const answer = await user.send(method, path).type('form').send(form);
      expect([path, answer.status, answer.body]).toEqual([path, 415, JSON_ONLY]);
    }
  });

  it('is ignored if there is no body', async () => {
    const answer = await server().post(PREVIEW).set('Content-Type', 'text/plain');
    expect([answer.status, answer.body.detail[0]]).toEqual([
      422,
      { type: 'missing', loc: ['body'], msg: 'Field required', input: null },
    ]);
  });
});

describe('Content-Encoding', () => {
  it.each(['gzip', 'deflate', 'br', 'x-nonsense'])('%s is rejected with 415', async (encoding) => {
    const body = gzipSync(JSON.stringify(GOOD));
    const answer = await post(body).set('Content-Encoding', encoding);
    expect([answer.status, answer.body]).toEqual([415, { detail: 'Unsupported Media Type' }]);
  });

  it('identity is accepted', async () => {
    expect((await post(JSON.stringify(GOOD)).set('Content-Encoding', 'identity')).status).toBe(200);
  });
});

/** Returns a valid body of this size in bytes. */
function filled(bytes: number): string {
  const empty = JSON.stringify({ ...GOOD, pad: '' });
  return JSON.stringify({ ...GOOD, pad: 'x'.repeat(bytes - empty.length) });
}

/** Returns a valid body with a list of this nesting depth. */
const nested = (depth: number) => `{"email":"a@b.example","name":"Ann","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;

describe('the size of a request body', () => {
  it('may be up to 100 kB', async () => {
    expect(filled(100_000)).toHaveLength(100_000);
    expect((await post(filled(100_000))).status).toBe(200);
  });

  it('must not exceed 100 kB: the response is 413 and the connection is closed', async () => {
    const answer = await post(filled(100_001));
    expect([answer.status, answer.body]).toEqual([413, { detail: 'Payload Too Large' }]);
    expect(answer.headers['connection']).toBe('close');
  });

  it('is checked against Content-Length before the body is read', async () => {
    const head = rawRequest(`POST ${PREVIEW}`, { 'Content-Type': 'application/json', 'Content-Length': '9000000000' });
    const answer = await raw(`${head}{`);
    expect([answer.status, answer.closed]).toEqual([413, true]);
  });

  it('is counted during reading if there is no Content-Length', async () => {
    const head = rawRequest(`POST ${PREVIEW}`, { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' });
    const chunk = `${(60_000).toString(16)}\r\n${'x'.repeat(60_000)}\r\n`;
    const answer = await raw(head + chunk + chunk);
    expect([answer.status, answer.closed]).toEqual([413, true]);
  });

  it('is checked before authentication, and has the same limit for forms', async () => {
    expect((await post('x'.repeat(100_001), 'application/json', '/orders')).status).toBe(413);
    expect((await post('x'.repeat(100_001), 'application/x-www-form-urlencoded', '/auth/token')).status).toBe(413);
  });
});

describe('the text of a request body', () => {
  it('may start with a byte order mark', async () => {
    expect((await post(`\ufeff${JSON.stringify(GOOD)}`)).status).toBe(200);
  });

  it.each([
    ['Latin-1', Buffer.from('{"name": "é"}', 'latin1')],
    ['UTF-16', Buffer.from('\ufeff{"name": "Ann"}', 'utf16le')],
    ['an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a truncated character', Buffer.from('{"name": "é').subarray(0, -1)],
  ])('must be UTF-8: %s is rejected with 400', async (_, bytes) => {
    const answer = await post(bytes);
    expect([answer.status, answer.body]).toEqual([400, { detail: 'There was an error parsing the body' }]);
  });

  it.each([
    ['hello', 0, 'Expecting value'],
    ['{"a": ', 6, 'Expecting value'],
    ['   ', 3, 'Expecting value'],
    ["{'a': 1}", 1, 'Expecting property name enclosed in double quotes'],
    ['{"a" 1}', 5, "Expecting ':' delimiter"],
    ['{"é😀" 1}', 6, "Expecting ':' delimiter"],
    ['{"a": 1 "b": 2}', 8, "Expecting ',' delimiter"],
    ['{} {}', 3, 'Extra data'],
  ])('%j is reported as invalid JSON at position %i', async (text, position, error) => {
    const answer = await post(text);
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toEqual([
      { type: 'json_invalid', loc: ['body', position], msg: 'JSON decode error', input: {}, ctx: { error } },
    ]);
  });

  it.each(['null', '[]', '"text"', '5', 'true'])('%s is rejected because it is not an object', async (text) => {
    const answer = await post(text);
    const msg = 'Input should be a valid dictionary or object to extract fields from';
    expect([answer.status, answer.body.detail]).toEqual([
      422,
      [{ type: 'model_attributes_type', loc: ['body'], msg, input: JSON.parse(text) as unknown }],
    ]);
  });

  it('may be nested up to 32 levels deep and no deeper', async () => {
    expect((await post(nested(31))).status).toBe(200);
    for (const depth of [32, 33, 16_000, 49_000]) expect((await post(nested(depth))).status).toBe(422);
    expect((await post('['.repeat(100_000))).status).toBe(422);
  });
});

describe('a body sent to a route that accepts none', () => {
  it('is ignored', async () => {
    const answer = await raw(
      rawRequest('GET /items', { 'Content-Type': 'application/json', 'Content-Length': '7' }, '{broken'),
    );
    expect(answer.status).toBe(200);
  });
});
