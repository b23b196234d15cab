import request from 'supertest';
import { eventually } from '../support/factories.js';
import { drip, raw, request as rawRequest, type RawAnswer } from '../support/raw.js';

const CHUNKED = rawRequest('POST /users/preview', {
  'Content-Type': 'application/json',
  'Transfer-Encoding': 'chunked',
});
const INVALID = '{"detail":"Invalid HTTP request received."}';

/** What is sent first, and the byte that then follows again and again. */
const SLOW: Readonly<Record<string, readonly [head: string, byte: string]>> = {
  'for its head': ['GET / HTTP/1.1\r\nHost: a\r\nX-A: ', 'a'],
  'for its body': [rawRequest('POST /users', { 'Content-Type': 'application/json', 'Content-Length': '9999' }), ' '],
  'for a chunk': [`${CHUNKED}ffffffffffffffff\r\n`, ' '],
  'for a body that nobody reads': [rawRequest('POST /nowhere', { 'Content-Length': '9999' }), ' '],
};
/** Connections that the server closes after ten seconds each, while the other tests run. */
const cutOff: Record<string, Promise<RawAnswer>> = {};

beforeAll(() => {
  for (const [what, [head, byte]] of Object.entries(SLOW)) cutOff[what] = drip(head, byte);
});

describe('a message that is not valid HTTP', () => {
  it.each([
    ['an invalid request line', 'hello there\r\n\r\n'],
    ['an unknown method', 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a method in lower case', 'get / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['another protocol', 'GET / FTP/1.0\r\n\r\n'],
    ['a TLS handshake', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00])],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost a\r\n\r\n'],
    ['a header with a NUL', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: \0\r\n\r\n'],
    ['two Content-Length headers', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'Content-Length and Transfer-Encoding',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a negative Content-Length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
    ['no Host header', 'GET / HTTP/1.1\r\n\r\n'],
    ['an empty Host header', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
    ['a host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['a host with a user name', 'GET / HTTP/1.1\r\nHost: u@a\r\n\r\n'],
    ['two hosts in one header', 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n'],
    ['a host with an invalid port', 'GET / HTTP/1.1\r\nHost: a:b\r\n\r\n'],
    ['a host that would redirect to another site', 'GET /docs/ HTTP/1.1\r\nHost: evil.example/?\r\n\r\n'],
    ['a host with a non-ASCII character', Buffer.from('GET / HTTP/1.1\r\nHost: \xe9\r\n\r\n', 'latin1')],
    ['a request line without a version', 'GET /\r\n\r\n'],
    ['HTTP/0.9', 'GET / HTTP/0.9\r\n\r\n'],
    ['HTTP/1.2', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n'],
    ['HTTP/2.0 in the request line', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'],
    ['the HTTP/2 connection preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a protocol in lower case', 'GET / http/1.1\r\nHost: a\r\n\r\n'],
    ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n'],
    ['CONNECT to a path', 'CONNECT /items HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target that is a host and port', 'GET a:443 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target without a slash', 'GET items HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target with another scheme', 'GET ftp://a/items HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target with a user name', 'GET http://u:p@a/items HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target without a host', 'GET http:///items HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target that is not a valid URL', 'GET http://[::/items HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an asterisk as the target', 'GET * HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target with a fragment', 'GET /items#a HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['UTF-8 in the target', Buffer.from('GET /items/é HTTP/1.1\r\nHost: a\r\n\r\n')],
    ['Latin-1 in the query', Buffer.from('GET /items?search=\xe9 HTTP/1.1\r\nHost: a\r\n\r\n', 'latin1')],
    ['a NUL in the target', 'GET /it\0ems HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a method of 20 kB', `${'A'.repeat(20_000)} / HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['a space before the method', ' GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a space in the path', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
    [
      'an invalid chunk size',
      `${rawRequest('POST /users', { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' })}zz\r\n`,
    ],
  ])('is answered with 400, and the connection is closed: %s', async (_, bytes) => {
    const answer = await raw(bytes);
    expect([answer.status, answer.body, answer.closed]).toEqual([400, INVALID, true]);
    expect(answer.headers).toMatchObject({ 'content-length': String(INVALID.length), connection: 'close' });
  });

  it.each([
    ['a long header', rawRequest('GET /', { 'X-Long': 'x'.repeat(20_000) })],
    ['many headers', `GET / HTTP/1.1\r\nHost: a\r\n${'X-A: b\r\n'.repeat(1000)}\r\n`],
    ['a long target', rawRequest(`GET /${'x'.repeat(20_000)}`)],
    ['a long trailer', `${CHUNKED}0\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('is answered with 431 if its headers are too large: %s', async (_, bytes) => {
    const answer = await raw(bytes);
    expect([answer.status, answer.closed]).toEqual([431, true]);
    expect(JSON.parse(answer.body)).toEqual({ detail: 'Request Header Fields Too Large' });
  });

  it('does not stop the server from serving other requests', async () => {
    expect((await request(baseUrl).get('/health/live')).status).toBe(200);
  });
});

describe('a connection', () => {
  it('serves pipelined requests one after another', async () => {
    const answer = await raw(
      rawRequest('GET /') + rawRequest('GET /nowhere') + rawRequest('GET /', { Connection: 'close' }),
    );
    expect(answer.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
    expect(answer.closed).toBe(true);
  });

  it('is kept open by default, and closed in HTTP/1.0', async () => {
    expect((await raw(rawRequest('GET /'))).closed).toBe(false);
    expect((await raw('GET / HTTP/1.0\r\n\r\n')).closed).toBe(true);
  });

  it('is closed after 1000 requests, as announced by Connection: close', async () => {
    const answer = await raw(rawRequest('GET /health/live').repeat(1001), 10_000);
    expect(answer.text.match(/HTTP\/1\.1 \d+/g)).toEqual(Array.from({ length: 1000 }, () => 'HTTP/1.1 200'));
    expect(answer.text.match(/Connection: close/g)).toHaveLength(1);
    expect(answer.closed).toBe(true);
  });

  it('that breaks off during a body is logged as aborted, not as an error', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '50', 'X-Request-ID': 'broken-off' };
    await raw(rawRequest('POST /users', headers, '{"email":'), 50);
    const line = await eventually(() => Promise.resolve(logs.find(({ request_id }) => request_id === 'broken-off')));
    expect(line).toMatchObject({ level: 30, method: 'POST', route: '/users', aborted: true });
  });

  it('supports Expect: 100-continue', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '2', Expect: '100-continue' };
    const answer = await raw(rawRequest('POST /users/preview', headers, '{}'));
    expect(answer.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 422']);
  });
});

describe('a request target', () => {
  it('may be an absolute URL', async () => {
    const answer = await raw(rawRequest('GET HTTP://other.example:8080/docs/?a=b', { Host: 'mine.example' }));
    expect([answer.status, answer.headers['location']]).toEqual([307, '../docs?a=b']);
    expect((await raw(rawRequest('GET http://other.example'))).status).toBe(200);
    expect((await raw(rawRequest('GET https://other.example?page=x'))).status).toBe(200);
  });

  it('may be an asterisk for OPTIONS, which is answered with 404', async () => {
    expect((await raw(rawRequest('OPTIONS *'))).status).toBe(404);
  });
});

const ask = (text: string) => raw(text).then((answer) => [answer.text.match(/(?<=HTTP\/1\.1 )\d+/g), answer.closed]);

describe('responses', () => {
  it('are sent in order, also before the error for an invalid message', async () => {
    expect(await ask(`${rawRequest('GET /')}${rawRequest('GET /nowhere')}nonsense\r\n\r\n`)).toEqual([
      ['200', '404', '400'],
      true,
    ]);
  });

  it('end with the error for a malformed body', async () => {
    expect(await ask(`${rawRequest('GET /')}${CHUNKED}zz\r\n`)).toEqual([['200', '400'], true]);
  });

  it('are sent once per request, even if its body turns out malformed after the response', async () => {
    const post = rawRequest('POST /nowhere', { 'Transfer-Encoding': 'chunked' });
    const answers = await drip(`${post}1\r\na\r\n`, 'z');
    expect(answers.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404']);
  });

  it.each(['websocket', 'h2c', 'TLS/1.0'])('end after a request to upgrade to %s', async (upgrade) => {
    const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: upgrade, 'HTTP2-Settings': 'AAMAAABkAAQAAP__' };
    expect(await ask(rawRequest('GET /', headers) + rawRequest('POST /users'))).toEqual([['200'], true]);
  });

  it('end after a request with an unknown Expect value, which is answered with 417', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '2', Expect: 'nonsense' };
    const answer = await raw(rawRequest('POST /users/preview', headers, '{}') + rawRequest('GET /'));
    expect([answer.status, answer.body, answer.closed]).toEqual([417, '{"detail":"Expectation Failed"}', true]);
  });
});

it.each(Object.keys(SLOW))('a client that takes too long %s is disconnected', async (what) => {
  const { status, text } = await cutOff[what]!;
  expect([status, text.match(/HTTP\/1\.1/g)!.length]).toEqual([what.includes('nobody') ? 404 : 408, 1]);
});

describe('the log', () => {
  it('contains no 5xx status', () => {
    expect(logs.filter(({ status }) => Number(status) >= 500)).toEqual([]);
  });
});
