import { randomBytes } from 'node:crypto';
import { query } from '../support/database.js';
import { anExport } from '../support/factories.js';
import { aClient } from './a-client.js';
import { thrownBy } from './thrown-by.js';

const FILE = Buffer.from(randomBytes(350_000).toString('hex'));

/** Changes the body of a response with a file. */
type Spoil = (body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;

/** Returns a function that cuts a body after this many bytes. */
function cut(after: number): Spoil {
  let left = after;
  const transform = (chunk: Uint8Array, controller: TransformStreamDefaultController<Uint8Array>) => {
    if (left > 0) controller.enqueue(chunk.subarray(0, left));
    left -= chunk.length;
    if (left < 0) controller.error(new TypeError('terminated'));
  };
  return (body) => body.pipeThrough(new TransformStream({ transform }));
}

const stalled: Spoil = () => new ReadableStream({ pull: () => new Promise(() => undefined) });

/** Returns a client whose downloads meet these faults, one after another, and the ranges that it requests. */
async function spoiled(spoils: Spoil[], more: { ignoreRanges?: boolean } = {}) {
  const ranges: (string | null)[] = [];
  const fetching = async (url: unknown, init?: RequestInit) => {
    if (!String(url).endsWith('/file')) return fetch(url as string, init);
    const headers = new Headers(init?.headers);
    ranges.push(headers.get('Range'));
    if (more.ignoreRanges) headers.delete('Range');
    const response = await fetch(url as string, { ...init, headers });
    const spoil = spoils.shift();
    if (!spoil || !response.body) return response;
    const { status, headers: answered } = response;
    return new Response(spoil(response.body), { status, headers: answered });
  };
  const options = { fetch: fetching as typeof fetch, retries: { baseMs: 1 } };
  return { ...(await aClient({}, options)), ranges };
}

const bytesOf = async (stream: Promise<ReadableStream<Uint8Array>>) =>
  Buffer.from(await new Response(await stream).arrayBuffer());

it.each([
  ['in its middle, twice', [300_000, 100], [null, 'bytes=300000-', 'bytes=300100-']],
  ['before its first byte', [0], [null, null]],
  ['at its last byte', [699_999], [null, 'bytes=699999-']],
])('a download that is cut %s is resumed where it broke off', async (_, cuts, asked) => {
  const { client, id, ranges } = await spoiled(cuts.map(cut));
  const file = await anExport(id, FILE);
  expect((await bytesOf(client.exports.download(file.id))).equals(FILE)).toBe(true);
  expect(ranges).toEqual(asked);
});

it('a download returns no byte twice if a proxy ignores ranges', async () => {
  const { client, id } = await spoiled([cut(300_000), cut(400_000)], { ignoreRanges: true });
  const file = await anExport(id, FILE);
  expect((await bytesOf(client.exports.download(file.id))).equals(FILE)).toBe(true);
});

it('an empty file can be downloaded', async () => {
  const { client, id } = await aClient();
  const file = await anExport(id, Buffer.alloc(0));
  expect(await bytesOf(client.exports.download(file.id))).toHaveLength(0);
});

it('a download fails with an integrity error if its bytes do not match the checksum', async () => {
  const { client, id } = await aClient();
  const file = await anExport(id, FILE);
  const other = Buffer.from(FILE);
  other[500_000]! ^= 1;
  await query('update export_chunks set bytes = $2 where export_id = $1', [file.id, other]);
  expect(await thrownBy(bytesOf(client.exports.download(file.id)))).toMatchObject({ kind: 'integrity' });
});

it('a download ends when its signal is aborted, and can be cancelled by its reader', async () => {
  const reason = new Error('Enough');
  const { client, id } = await aClient();
  const file = await anExport(id, FILE);
  const controller = new AbortController();
  const reader = (await client.exports.download(file.id, { signal: controller.signal })).getReader();
  expect((await reader.read()).value!.length).toBeGreaterThan(0);
  controller.abort(reason);
  expect(await thrownBy(reader.read())).toBe(reason);
  const left = await client.exports.download(file.id);
  await left.cancel();
});

it('a download fails if no data arrives within its deadline', async () => {
  const { client, id } = await spoiled(Array.from({ length: 9 }, () => stalled));
  const file = await anExport(id, FILE);
  const began = performance.now();
  expect(await thrownBy(client.exports.download(file.id, { deadlineMs: 300 }))).toMatchObject({ kind: 'connection' });
  expect(performance.now() - began).toBeLessThan(10_000);
});
