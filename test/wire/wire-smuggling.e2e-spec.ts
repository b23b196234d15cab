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
    ['two different lengths', `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['two equal lengths', `${HEAD}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
    ['two lengths in one field', `${HEAD}Content-Length: 2, 2\r\n\r\n{}`],
    ['a length with a sign', `${HEAD}Content-Length: +2\r\n\r\n{}`],
    ['a length in hexadecimal', `${HEAD}Content-Length: 0x2\r\n\r\n{}`],
    ['a length with a fraction', `${HEAD}Content-Length: 2.0\r\n\r\n{}`],
    ['no length in its field', `${HEAD}Content-Length:\r\n\r\n{}`],
    ['a length beyond 64 bits', `${HEAD}Content-Length: 18446744073709551618\r\n\r\n{}`],
    ['a length and chunks', `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked${CHUNKS}`],
    ['chunks and a length', `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 2${CHUNKS}`],
    ['the same in other letters', `${HEAD}tRANSFER-eNCODING: CHUNKED\r\ncONTENT-lENGTH: 2${CHUNKS}`],
    ['another coding', `${HEAD}Transfer-Encoding: gzip${CHUNKS}`],
    ['no coding and a length', `${HEAD}Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}`],
    ['chunks in a coding', `${HEAD}Transfer-Encoding: chunked, identity${CHUNKS}`],
    ['a coding in chunks', `${HEAD}Transfer-Encoding: identity, chunked${CHUNKS}`],
    ['a real coding in chunks', `${HEAD}Transfer-Encoding: gzip, chunked${CHUNKS}`],
    ['chunks in chunks', `${HEAD}Transfer-Encoding: chunked, chunked${CHUNKS}`],
    ['two fields of codings', `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked${CHUNKS}`],
    ['two different ones', `${HEAD}Transfer-Encoding: identity\r\nTransfer-Encoding: chunked${CHUNKS}`],
    ['almost chunked', `${HEAD}Transfer-Encoding: xchunked${CHUNKS}`],
    ['chunked with a parameter', `${HEAD}Transfer-Encoding: chunked;q=1${CHUNKS}`],
    ['chunked in quotes', `${HEAD}Transfer-Encoding: "chunked"${CHUNKS}`],
    ['chunked behind a vertical tab', `${HEAD}Transfer-Encoding: \x0bchunked${CHUNKS}`],
    ['chunked on a folded line', `${HEAD}Transfer-Encoding:\r\n chunked${CHUNKS}`],
    ['an empty coding', `${HEAD}Transfer-Encoding:\r\nContent-Length: 2\r\n\r\n{}`],
    [
      'a coding in HTTP/1.0',
      `${HEAD.replace('1.1', '1.0')}Connection: keep-alive\r\nTransfer-Encoding: chunked${CHUNKS}`,
    ],
    ['a coding of GET', `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n`],
    ['a space before the colon', `${HEAD}Content-Length : 2\r\n\r\n{}`],
    ['a tab before the colon', `${HEAD}Transfer-Encoding\t: chunked${CHUNKS}`],
    ['a folded header', `${HEAD}X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}`],
    ['a folded length', `${HEAD}Content-Length:\r\n 2\r\n\r\n{}`],
    ['a first header behind a space', `POST / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n`],
    ['a space in a name', `${HEAD}X A: b\r\n\r\n`],
    ['a NUL in a name', `${HEAD}X\0A: b\r\n\r\n`],
    ['a CR in a name', `${HEAD}X\rA: b\r\n\r\n`],
    ['a CR in a value', `${HEAD}X-A: b\rContent-Length: 2\r\n\r\n{}`],
    ['an empty name', `${HEAD}: b\r\n\r\n`],
    ['a bare LF behind the first line', `POST /users/preview HTTP/1.1\nHost: a\r\n\r\n`],
    ['a bare LF behind a header', `${HEAD}X-A: b\nContent-Length: 2\r\n\r\n{}`],
    ['a bare LF behind the head', `${HEAD}Content-Length: 2\r\n\n{}`],
    ['bare LFs only', `GET / HTTP/1.1\nHost: a\n\n`],
    ['a bare LF behind the size of a chunk', `${CHUNKED}2\n{}\r\n0\r\n\r\n`],
    ['a bare LF behind a chunk', `${CHUNKED}2\r\n{}\n0\r\n\r\n`],
    ['a bare LF in an extension', `${CHUNKED}2;a\n{}\r\n0\r\n\r\n`],
    ['bare LFs at the end', `${CHUNKED}2\r\n{}\r\n0\n\n`],
    ['a bare CR behind the size of a chunk', `${CHUNKED}2\r{}\r\n0\r\n\r\n`],
    ['a size with a plus', `${CHUNKED}+2\r\n{}\r\n0\r\n\r\n`],
    ['a size with a minus', `${CHUNKED}-2\r\n{}\r\n0\r\n\r\n`],
    ['a size with 0x', `${CHUNKED}0x2\r\n{}\r\n0\r\n\r\n`],
    ['a size with a space', `${CHUNKED}2 \r\n{}\r\n0\r\n\r\n`],
    ['a size beyond 64 bits', `${CHUNKED}10000000000000002\r\n{}\r\n0\r\n\r\n`],
    ['no size', `${CHUNKED}\r\n{}\r\n0\r\n\r\n`],
    ['a chunk that is longer than its size', `${CHUNKED}1\r\n{}\r\n0\r\n\r\n`],
    ['an extension of 20 kB', `${CHUNKED}2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`],
    ['a length in a trailer', `${CHUNKED}2\r\n{}\r\n0\r\nContent-Length: 500\r\n\r\n`],
    ['no host', `POST /users/preview HTTP/1.1\r\nContent-Length: 0\r\n\r\n`],
    ['two hosts', `${HEAD}Host: b\r\nContent-Length: 2\r\n\r\n{}`],
    ['two equal hosts', `${HEAD}host: a\r\nContent-Length: 2\r\n\r\n{}`],
  ])('is rejected and closes the connection, and nothing after it is executed: %s', async (_, bytes) => {
    const answer = await raw(bytes + BEHIND);
    expect([statuses(answer.text), answer.body, answer.closed]).toEqual([[400], INVALID, true]);
    expect(await runs()).toBe(0);
  });

  it.each([
    ['a chunk of 2⁶⁴−1 bytes', `${CHUNKED}ffffffffffffffff\r\n`],
    ['a length of 2⁵³ bytes', `${HEAD}Content-Length: 9007199254740992\r\n\r\n`],
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
    ['chunked in capitals', `${HEAD}TRANSFER-ENCODING: CHUNKED${CHUNKS}`],
    ['chunked behind a tab', `${HEAD}Transfer-Encoding:\tchunked ${CHUNKS}`],
    ['zeros before a length', `${HEAD}Content-Length: 002\r\n\r\n{}`],
    ['zeros before a size', `${CHUNKED}${'0'.repeat(40)}2\r\n{}\r\n0\r\n\r\n`],
    ['an extension', `${CHUNKED}2;a=b\r\n{}\r\n0\r\n\r\n`],
    ['a trailer, which is not heard', `${CHUNKED}2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n`],
    ['a connection option that is no hop’s', `${HEAD}Connection: Content-Length\r\nContent-Length: 2\r\n\r\n{}`],
  ])('is answered, and so is the next request: %s', async (_, bytes) => {
    expect(statuses((await raw(bytes + BEHIND, 10_000)).text)).toEqual([422, 201]);
    expect(await runs()).toBe(1);
  });

  it.each([
    ['GET with a length', rawRequest('GET /', { 'Content-Length': `${BEHIND.length}` }, BEHIND), 200],
    [
      'GET in chunks',
      rawRequest(
        'GET /',
        { 'Transfer-Encoding': 'chunked' },
        `${BEHIND.length.toString(16)}\r\n${BEHIND}\r\n0\r\n\r\n`,
      ),
      200,
    ],
    ['HEAD', rawRequest('HEAD /', { 'Content-Length': `${BEHIND.length}` }, BEHIND), 200],
    ['where nothing is', rawRequest('POST /nowhere', { 'Content-Length': `${BEHIND.length}` }, BEHIND), 404],
    ['of a wrong method', rawRequest('DELETE /', { 'Content-Length': `${BEHIND.length}` }, BEHIND), 405],
    ['without a token', rawRequest('POST /orders', { 'Content-Length': `${BEHIND.length}` }, BEHIND), 401],
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
