import { gzipSync } from 'node:zlib';
import { nestWith } from './client.js';

describe('a body that the feature reads itself', () => {
  const nest = nestWith('bodies/own-parsers', 'uploads/uploads');

  it('comes as its bytes, by express.raw() on a path', async () => {
    const { body } = await nest.post('/own-parsers/hook').type('json').send('{ "a": 1 }');
    expect(body).toEqual({ isBuffer: true, text: '{ "a": 1 }' });
  });

  it('is as large as express.json() of the feature says', async () => {
    const { status, body } = await nest.post('/own-parsers/large').send({ text: 'x'.repeat(1_000_000) });
    expect([status, body]).toEqual([200, { length: 1_000_000 }]);
  });

  it('goes through middleware as a stream, whatever its size', async () => {
    const sent = Buffer.alloc(500_000, 'x');
    const answer = await fetch(`${nest.url}/proxied`, { method: 'POST', body: sent });
    expect(Buffer.from(await answer.arrayBuffer()).equals(sent)).toBe(true);
  });

  it('goes to a handler as a stream, where its type is nobody else to read', async () => {
    const request = nest.post('/own-parsers/streamed').type('application/octet-stream');
    const { status, body } = await request.send(Buffer.alloc(300_000));
    expect([status, body]).toEqual([200, { bytes: 300_000 }]);
  });

  it('may be a file of any size', async () => {
    const file = Buffer.alloc(1_000_000, 'x');
    const { status, body } = await nest.post('/uploads/one').attach('file', file, 'large.txt');
    expect([status, (body as { file: { size: number } }).file.size]).toEqual([201, 1_000_000]);
  });
});

describe('a body that nobody speaks of', () => {
  const nest = nestWith('params/params');

  it('may be compressed, but not for Aerie, which unpacks nothing', async () => {
    const answer = await fetch(`${nest.url}/params/body`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body: gzipSync('{"name":"cat"}'),
    });
    expect(answer.status).toBe(nestStock ? 200 : 415);
  });

  it('may be empty JSON', async () => {
    const answer = await fetch(`${nest.url}/params/body`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(answer.status).toBe(200);
  });
});
