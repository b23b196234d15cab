import { createHash } from 'node:crypto';
import { json, page, scripted, type Step } from './scripted-fetch.js';
import { thrownBy } from './thrown-by.js';

const FILE = new TextEncoder().encode('id\n7\n8\n');
const RUNNING = json(200, { id: 1, status: 'running', size_bytes: null, sha256: null });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const ready = (bytes: Uint8Array) =>
  json(200, { id: 1, status: 'ready', size_bytes: bytes.length, sha256: sha256(bytes) });

/** Returns a response with these bytes of a file. Without `end`, which closes or cuts it, it stays open. */
function fileOf(
  bytes: Uint8Array,
  end?: (controller: ReadableStreamDefaultController) => void,
  status = 200,
): Response {
  const start = (controller: ReadableStreamDefaultController) => {
    if (bytes.length > 0) controller.enqueue(bytes);
    end?.(controller);
  };
  return new Response(new ReadableStream({ start }), {
    status,
    headers: { 'Content-Type': 'text/csv; charset=utf-8' },
  });
}

const whole = (bytes: Uint8Array) => () => fileOf(bytes, (controller) => controller.close());
/** Returns a step whose connection is cut after this many bytes of the file. */
const cut = (after: number) => () => {
  let isRead = false;
  const pull = (controller: ReadableStreamDefaultController) => {
    if (isRead) controller.error(new TypeError('terminated'));
    else controller.enqueue(FILE.subarray(0, after));
    isRead = true;
  };
  return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { headers: { 'Content-Type': 'text/csv' } });
};

const paths = (requests: Request[]) =>
  requests.map(({ url }) => url.replace('http://api.example/prefix/exports/1', ''));

async function download(steps: Step[]): Promise<{ text: string; requests: Request[] }> {
  const { client, requests } = scripted(steps, { budget: 3 });
  return { text: await new Response(await client.exports.download(1)).text(), requests };
}

describe('an export that becomes ready just before its download', () => {
  it.each([
    ['with bytes', FILE],
    ['without bytes', new Uint8Array()],
  ])('%s is read once more, so that its end is known', async (_, bytes) => {
    const { text, requests } = await download([RUNNING, whole(bytes), ready(bytes)]);
    expect(text).toBe(new TextDecoder().decode(bytes));
    expect(paths(requests)).toEqual(['', '/file', '']);
  });

  it('is checked against its SHA-256', async () => {
    const other = FILE.map((byte) => byte ^ 1);
    expect(await thrownBy(download([RUNNING, whole(other), ready(FILE)]))).toMatchObject({ kind: 'integrity' });
  });

  it('is resumed after a cut only if it is still the same file', async () => {
    const rest = () => fileOf(FILE.subarray(3), (controller) => controller.close(), 206);
    const { text, requests } = await download([RUNNING, cut(3), ready(FILE), rest]);
    expect(text).toBe('id\n7\n8\n');
    const { headers } = requests.at(-1)!;
    expect([headers.get('Range'), headers.get('If-Range')]).toEqual(['bytes=3-', `"${sha256(FILE)}"`]);
  });

  it('is requested again if it cannot be read, or is not described yet', async () => {
    const { text, requests } = await download([
      RUNNING,
      whole(FILE),
      json(503, {}),
      whole(FILE),
      RUNNING,
      whole(FILE),
      ready(FILE),
    ]);
    expect(text).toBe('id\n7\n8\n');
    expect(paths(requests)).toEqual(['', '/file', '', '/file', '', '/file', '']);
  });

  it('is read only once if it is not ready at the download', async () => {
    const { client, requests } = scripted([RUNNING, json(409, { detail: 'The export is not ready' })]);
    expect(await thrownBy(client.exports.download(1))).toMatchObject({ kind: 'api', status: 409 });
    expect(requests).toHaveLength(2);
  });
});

it('the page of a proxy is not part of a file', async () => {
  const { text } = await download([ready(FILE), page(), whole(FILE)]);
  expect(text).toBe('id\n7\n8\n');
});

it('a signal that is aborted between two reads releases the connection at once', async () => {
  const { client, requests } = scripted([ready(FILE), () => fileOf(FILE.subarray(0, 3))]);
  const [controller, reason] = [new AbortController(), new Error('Enough')];
  const reader = (await client.exports.download(1, { signal: controller.signal })).getReader();
  expect((await reader.read()).value).toHaveLength(3);
  expect(requests[1]!.signal.aborted).toBe(false);
  controller.abort(reason);
  expect(requests[1]!.signal.aborted).toBe(true);
  expect(await thrownBy(reader.read())).toBe(reason);
});

it('a connection that opens too late causes no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  const late = async ({ signal }: Request) => {
    await new Promise((resolve) => setTimeout(resolve, 40));
    return signal.aborted ? fileOf(FILE, (controller) => controller.error(new Error('cut'))) : fileOf(FILE);
  };
  const { client } = scripted([ready(FILE), late], { attemptMs: 10, budget: 1 });
  expect(await thrownBy(client.exports.download(1))).toMatchObject({ kind: 'connection' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

it('a download that is cancelled while a read waits is not resumed', async () => {
  const { client, requests } = scripted([ready(FILE), () => fileOf(FILE.subarray(0, 3)), whole(FILE)]);
  const reader = (await client.exports.download(1)).getReader();
  await reader.read();
  const waiting = reader.read();
  await reader.cancel();
  expect(await waiting).toMatchObject({ done: true });
  expect(requests[1]!.signal.aborted).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(requests).toHaveLength(2);
});
