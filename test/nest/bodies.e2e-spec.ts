import { gzipSync } from 'node:zlib';
import { nestWith } from './client.js';

describe('a body that the feature reads itself', () => {
  const nest = nestWith('bodies/own-parsers', 'uploads/uploads');

  it('is a Buffer if its path uses express.raw()', async () => {
    const { body } = await nest.post('/own-parsers/hook').type('json').send('{ "a": 1 }');
    expect(body).toEqual({ isBuffer: true, text: '{ "a": 1 }' });
  });

  it('can exceed 100 kB if the feature sets a higher limit with express.json()', async () => {
    const { status, body } = await nest.post('/own-parsers/large').send({ text: 'x'.repeat(1_000_000) });
    expect([status, body]).toEqual([200, { length: 1_000_000 }]);
  });

  it('can be streamed by middleware, regardless of the limit', async () => {
    const sent = Buffer.alloc(500_000, 'x');
    const answer = await fetch(`${nest.url}/proxied`, { method: 'POST', body: sent });
    expect(Buffer.from(await answer.arrayBuffer()).equals(sent)).toBe(true);
  });

  it('can be streamed by a handler if no parser reads its content type', async () => {
    const request = nest.post('/own-parsers/streamed').type('application/octet-stream');
    const { status, body } = await request.send(Buffer.alloc(300_000));
    expect([status, body]).toEqual([200, { bytes: 300_000 }]);
  });

  it('can be an uploaded file that exceeds the limit', async () => {
    const file = Buffer.alloc(1_000_000, 'x');
    const { status, body } = await nest.post('/uploads/one').attach('file', file, 'large.txt');
    expect([status, (body as { file: { size: number } }).file.size]).toEqual([201, 1_000_000]);
  });
});

describe('a body that the default parser reads', () => {
  const nest = nestWith('params/params');

  it('can be compressed on stock Nest, but is rejected with 415 on Aerie', async () => {
    const answer = await fetch(`${nest.url}/params/body`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body: gzipSync('{"name":"cat"}'),
    });
    expect(answer.status).toBe(nestStock ? 200 : 415);
  });

  it('can be empty although its content type is JSON', async () => {
    const answer = await fetch(`${nest.url}/params/body`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(answer.status).toBe(200);
  });
});

const text = (length: number) => JSON.stringify({ text: 'x'.repeat(length) });

describe('a body that a handler takes with @RawBody() or @Req()', () => {
  const nest = nestWith('bodies/raw');
  const paths = ['raw', 'raw-plain'].flatMap((of) => [`/${of}/bytes`, `/${of}/request`]);
  const post = (path: string, body: string | Buffer | ReadableStream, headers: Record<string, string> = {}) =>
    fetch(nest.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body,
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    });

  it.each(paths)('can have up to 100 kB: %s', async (path) => {
    const answer = await post(path, text(90_000));
    expect([answer.status, await answer.json()]).toEqual([200, { bytes: 90_000 }]);
  });

  it.each(paths)('is rejected with 413 if it is larger: %s', async (path) => {
    expect((await post(path, text(100_000))).status).toBe(413);
    expect((await post(path, new Blob([text(100_000)]).stream())).status).toBe(413);
  });

  it.each(paths)('can be compressed on stock Nest, but is rejected with 415 on Aerie: %s', async (path) => {
    const answer = await post(path, gzipSync(text(5)), { 'Content-Encoding': 'gzip' });
    expect(answer.status).toBe(nestStock ? 200 : 415);
  });

  it.each(paths)('is rejected if it is not JSON: %s', async (path) => {
    expect((await post(path, '{')).status).toBe(nestStock ? 400 : 422);
  });

  it('is rejected with 415 if it has another content type, on documented routes', async () => {
    const plain = { 'Content-Type': 'text/plain' };
    if (!nestStock) expect((await post('/raw/bytes', 'text', plain)).status).toBe(415);
    expect(await (await post('/raw-plain/bytes', 'text', plain)).json()).toEqual({ bytes: null });
  });

  it.each(['/raw/streamed', '/raw-plain/streamed'])('can be streamed if no parser reads it: %s', async (path) => {
    const sent = gzipSync(Buffer.alloc(1_000_000));
    for (const body of [sent, Buffer.alloc(300_000)]) {
      const encoding: Record<string, string> = body === sent ? { 'Content-Encoding': 'gzip' } : {};
      const answer = await post(path, body, { 'Content-Type': 'application/octet-stream', ...encoding });
      expect([answer.status, await answer.json()]).toEqual([200, { bytes: body.length }]);
    }
  });
});
