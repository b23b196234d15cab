import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { query } from '../support/database.js';
import { raw, request as rawRequest } from '../support/raw.js';

// Messages that a proxy and the server may parse differently: one sees a request where the other sees a body
// (RFC 9112 §11.2). A second request follows each of them, and the server must never run it.
const INVALID = '{"detail":"Invalid HTTP request received."}';
const HEAD = 'POST /users/preview HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const CHUNKS = '\r\n\r\n2\r\n{}\r\n0\r\n\r\n';

const smuggled = JSON.stringify({ email: 'smuggled@example.com', name: 'Eve', password: 'Password1' });
const BEHIND = rawRequest(
  'POST /users',
  { 'Content-Type': 'application/json', 'Content-Length': `${smuggled.length}`, Connection: 'close' },
  smuggled,
);

const runs = async () => (await query(`delete from users where email = 'smuggled@example.com' returning id`)).length;
const statuses = (text: string) => (text.match(/HTTP\/1\.1 \d+/g) ?? []).map((line) => Number(line.slice(9)));

describe('a request with ambiguous or invalid framing', () => {
  it.each([
    ['two different Content-Length headers', `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['two equal Content-Length headers', `${HEAD}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
    ['two values in one Content-Length', `${HEAD}Content-Length: 2, 2\r\n\r\n{}`],
    ['a Content-Length with a sign', `${HEAD}Content-Length: +2\r\n\r\n{}`],
    ['a hexadecimal Content-Length', `${HEAD}Content-Length: 0x2\r\n\r\n{}`],
    ['a Content-Length with a fraction', `${HEAD}Content-Length: 2.0\r\n\r\n{}`],
    ['an empty Content-Length', `${HEAD}Content-Length:\r\n\r\n{}`],
    ['a Content-Length over 64 bits', `${HEAD}Content-Length: 18446744073709551618\r\n\r\n{}`],
    ['Content-Length before Transfer-Encoding', `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked${CHUNKS}`],
    ['Transfer-Encoding before Content-Length', `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 2${CHUNKS}`],
    [
      'Transfer-Encoding before Content-Length in another letter case',
      `${HEAD}tRANSFER-eNCODING: CHUNKED\r\ncONTENT-lENGTH: 2${CHUNKS}`,
    ],
    ['gzip without chunked', `${HEAD}Transfer-Encoding: gzip${CHUNKS}`],
    ['identity with a Content-Length', `${HEAD}Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}`],
    ['chunked before identity', `${HEAD}Transfer-Encoding: chunked, identity${CHUNKS}`],
    ['identity before chunked', `${HEAD}Transfer-Encoding: identity, chunked${CHUNKS}`],
    ['gzip before chunked', `${HEAD}Transfer-Encoding: gzip, chunked${CHUNKS}`],
    ['chunked twice in one header', `${HEAD}Transfer-Encoding: chunked, chunked${CHUNKS}`],
    ['chunked twice in two headers', `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked${CHUNKS}`],
    [
      'identity and chunked in two headers',
      `${HEAD}Transfer-Encoding: identity\r\nTransfer-Encoding: chunked${CHUNKS}`,
    ],
    ['an unknown coding that ends in "chunked"', `${HEAD}Transfer-Encoding: xchunked${CHUNKS}`],
    ['chunked with a parameter', `${HEAD}Transfer-Encoding: chunked;q=1${CHUNKS}`],
    ['chunked in quotes', `${HEAD}Transfer-Encoding: "chunked"${CHUNKS}`],
    ['chunked after a vertical tab', `${HEAD}Transfer-Encoding: \x0bchunked${CHUNKS}`],
    ['chunked on a folded line', `${HEAD}Transfer-Encoding:\r\n chunked${CHUNKS}`],
    ['an empty Transfer-Encoding', `${HEAD}Transfer-Encoding:\r\nContent-Length: 2\r\n\r\n{}`],
    [
      'Transfer-Encoding in HTTP/1.0',
      `${HEAD.replace('1.1', '1.0')}Connection: keep-alive\r\nTransfer-Encoding: chunked${CHUNKS}`,
    ],
    ['GET with Transfer-Encoding identity', `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n`],
    ['a space before the colon', `${HEAD}Content-Length : 2\r\n\r\n{}`],
    ['a tab before the colon', `${HEAD}Transfer-Encoding\t: chunked${CHUNKS}`],
    ['a folded header', `${HEAD}X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}`],
    ['a folded Content-Length', `${HEAD}Content-Length:\r\n 2\r\n\r\n{}`],
    ['a space before the first header', `POST / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n`],
    ['a space in a header name', `${HEAD}X A: b\r\n\r\n`],
    ['a NUL in a header name', `${HEAD}X\0A: b\r\n\r\n`],
    ['a CR in a header name', `${HEAD}X\rA: b\r\n\r\n`],
    ['a CR in a header value', `${HEAD}X-A: b\rContent-Length: 2\r\n\r\n{}`],
    ['an empty header name', `${HEAD}: b\r\n\r\n`],
    ['a bare LF after the request line', `POST /users/preview HTTP/1.1\nHost: a\r\n\r\n`],
    ['a bare LF after a header', `${HEAD}X-A: b\nContent-Length: 2\r\n\r\n{}`],
    ['a bare LF after the headers', `${HEAD}Content-Length: 2\r\n\n{}`],
    ['only bare LFs', `GET / HTTP/1.1\nHost: a\n\n`],
    ['a bare LF after a chunk size', `${CHUNKED}2\n{}\r\n0\r\n\r\n`],
    ['a bare LF after a chunk', `${CHUNKED}2\r\n{}\n0\r\n\r\n`],
    ['a bare LF in a chunk extension', `${CHUNKED}2;a\n{}\r\n0\r\n\r\n`],
    ['bare LFs after the last chunk', `${CHUNKED}2\r\n{}\r\n0\n\n`],
    ['a bare CR after a chunk size', `${CHUNKED}2\r{}\r\n0\r\n\r\n`],
    ['a chunk size with a plus sign', `${CHUNKED}+2\r\n{}\r\n0\r\n\r\n`],
    ['a chunk size with a minus sign', `${CHUNKED}-2\r\n{}\r\n0\r\n\r\n`],
    ['a chunk size with 0x', `${CHUNKED}0x2\r\n{}\r\n0\r\n\r\n`],
    ['a chunk size with a space', `${CHUNKED}2 \r\n{}\r\n0\r\n\r\n`],
    ['a chunk size over 64 bits', `${CHUNKED}10000000000000002\r\n{}\r\n0\r\n\r\n`],
    ['a missing chunk size', `${CHUNKED}\r\n{}\r\n0\r\n\r\n`],
    ['a chunk that is longer than its size', `${CHUNKED}1\r\n{}\r\n0\r\n\r\n`],
    ['a chunk extension of 20 kB', `${CHUNKED}2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`],
    ['a Content-Length in a trailer', `${CHUNKED}2\r\n{}\r\n0\r\nContent-Length: 500\r\n\r\n`],
    ['no Host header', `POST /users/preview HTTP/1.1\r\nContent-Length: 0\r\n\r\n`],
    ['two different Host headers', `${HEAD}Host: b\r\nContent-Length: 2\r\n\r\n{}`],
    ['two equal Host headers', `${HEAD}host: a\r\nContent-Length: 2\r\n\r\n{}`],
  ])('is rejected and closes the connection, and nothing after it is executed: %s', async (_, bytes) => {
    const answer = await raw(bytes + BEHIND);
    expect([statuses(answer.text), answer.body, answer.closed]).toEqual([[400], INVALID, true]);
    expect(await runs()).toBe(0);
  });

  it.each([
    ['a chunk of 2⁶⁴−1 bytes', `${CHUNKED}ffffffffffffffff\r\n`],
    ['a Content-Length of 2⁵³ bytes', `${HEAD}Content-Length: 9007199254740992\r\n\r\n`],
  ])('treats all following bytes as its body: %s', async (_, bytes) => {
    expect([200, 201, 422]).not.toContain((await raw(bytes + BEHIND)).status);
    expect(await runs()).toBe(0);
  });

  it('causes no delayed execution of the request after it', async () => {
    await sleep(1000);
    expect(await runs()).toBe(0);
  });
});

describe('a request with unambiguous framing', () => {
  it.each([
    ['chunked in upper case', `${HEAD}TRANSFER-ENCODING: CHUNKED${CHUNKS}`],
    ['chunked after a tab', `${HEAD}Transfer-Encoding:\tchunked ${CHUNKS}`],
    ['a Content-Length with leading zeros', `${HEAD}Content-Length: 002\r\n\r\n{}`],
    ['a chunk size with leading zeros', `${CHUNKED}${'0'.repeat(40)}2\r\n{}\r\n0\r\n\r\n`],
    ['a chunk extension', `${CHUNKED}2;a=b\r\n{}\r\n0\r\n\r\n`],
    ['a trailer, which is ignored', `${CHUNKED}2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n`],
    [
      'a Connection header that names Content-Length',
      `${HEAD}Connection: Content-Length\r\nContent-Length: 2\r\n\r\n{}`,
    ],
  ])('is answered, and so is the next request: %s', async (_, bytes) => {
    expect(statuses((await raw(bytes + BEHIND, 10_000)).text)).toEqual([422, 201]);
    expect(await runs()).toBe(1);
  });

  it.each([
    ['GET with a Content-Length', rawRequest('GET /', { 'Content-Length': `${BEHIND.length}` }, BEHIND), 200],
    [
      'GET with a chunked body',
      rawRequest(
        'GET /',
        { 'Transfer-Encoding': 'chunked' },
        `${BEHIND.length.toString(16)}\r\n${BEHIND}\r\n0\r\n\r\n`,
      ),
      200,
    ],
    ['HEAD', rawRequest('HEAD /', { 'Content-Length': `${BEHIND.length}` }, BEHIND), 200],
    ['an unknown path', rawRequest('POST /nowhere', { 'Content-Length': `${BEHIND.length}` }, BEHIND), 404],
    ['a wrong method', rawRequest('DELETE /', { 'Content-Length': `${BEHIND.length}` }, BEHIND), 405],
    ['a missing token', rawRequest('POST /orders', { 'Content-Length': `${BEHIND.length}` }, BEHIND), 401],
  ])('has a body that is never parsed as a request, even if the route accepts none: %s', async (_, bytes, status) => {
    const answer = await raw(bytes + rawRequest('GET /nowhere', { Connection: 'close' }));
    expect(statuses(answer.text)).toEqual([status, 404]);
    expect(await runs()).toBe(0);
  });
});

describe('the server', () => {
  it('still serves requests and has logged no 5xx status', async () => {
    expect((await request(baseUrl).get('/health/live')).status).toBe(200);
    expect(logs.filter(({ status }) => Number(status) >= 500)).toEqual([]);
  });
});
