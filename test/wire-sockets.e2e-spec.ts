import request from 'supertest';
import { eventually } from './support/factories.js';
import { raw, request as rawRequest } from './support/raw.js';

const INVALID = '{"detail":"Invalid HTTP request received."}';

describe('what is not HTTP', () => {
  it.each([
    ['nonsense', 'hello there\r\n\r\n'],
    ['a method that no parser knows', 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a method in lower case', 'get / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['another protocol', 'GET / FTP/1.0\r\n\r\n'],
    ['a greeting of TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00])],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost a\r\n\r\n'],
    ['a header with a NUL', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: \0\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a negative length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a space in the path', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
    [
      'a bad chunk',
      `${rawRequest('POST /users', { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' })}zz\r\n`,
    ],
  ])('is told so and hung up on: %s', async (_, bytes) => {
    const answer = await raw(bytes);
    expect([answer.status, answer.body, answer.closed]).toEqual([400, INVALID, true]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(INVALID.length),
      'x-content-type-options': 'nosniff',
      connection: 'close',
    });
  });

  it('is told that its headers are too long', async () => {
    const answer = await raw(rawRequest('GET /', { 'X-Long': 'x'.repeat(20_000) }));
    expect([answer.status, answer.closed]).toEqual([431, true]);
    expect(JSON.parse(answer.body)).toEqual({ detail: 'Request Header Fields Too Large' });
  });

  it('does not stop the server from serving others', async () => {
    expect((await request(baseUrl).get('/health/live')).status).toBe(200);
  });
});

describe('a connection', () => {
  it('takes one request after another', async () => {
    const answer = await raw(
      rawRequest('GET /') + rawRequest('GET /nowhere') + rawRequest('GET /', { Connection: 'close' }),
    );
    expect(answer.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
    expect(answer.closed).toBe(true);
  });

  it('is kept by default and in HTTP/1.0 closed', async () => {
    expect((await raw(rawRequest('GET /'))).closed).toBe(false);
    expect((await raw('GET / HTTP/1.0\r\n\r\n')).closed).toBe(true);
  });

  it('that breaks off in a body is no failure of the server', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '50', 'X-Request-ID': 'broken-off' };
    await raw(rawRequest('POST /users', headers, '{"email":'), 50);
    const line = await eventually(() => Promise.resolve(logs.find(({ request_id }) => request_id === 'broken-off')));
    expect(line).toMatchObject({ level: 30, method: 'POST', route: '/users', aborted: true });
  });

  it('may ask before it sends a body', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '2', Expect: '100-continue' };
    const answer = await raw(rawRequest('POST /users/preview', headers, '{}'));
    expect(answer.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 422']);
  });
});

describe('never', () => {
  it('a 5xx', () => {
    expect(logs.filter(({ status }) => Number(status) >= 500)).toEqual([]);
  });
});
