import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../support/database.js';
import { Download } from '../support/download.js';
import { anExport, eventually } from '../support/factories.js';
import { whileLocked } from '../support/races.js';
import { aUser, type Actor } from '../support/world.js';

const MIB = 1024 * 1024;
/** Three chunks, of which the last is short. */
const BYTES = randomBytes(2 * MIB + 1000);

let user: Actor;
let file: { id: number; sha256: string };

beforeAll(async () => {
  user = await aUser();
  file = await anExport(user.id, BYTES, { gzip: true });
});

const asked = (headers: Record<string, string>) => Download.start(user, `/exports/${file.id}/file`, headers);

it.each([
  ['bytes=0-0', 0, 0],
  ['bytes=0-', 0, BYTES.length - 1],
  [`bytes=${MIB - 1}-${MIB}`, MIB - 1, MIB],
  [`bytes=${MIB}-${2 * MIB - 1}`, MIB, 2 * MIB - 1],
  [`bytes=${2 * MIB}-`, 2 * MIB, BYTES.length - 1],
  [`bytes=10-${2 * MIB + 10}`, 10, 2 * MIB + 10],
  ['bytes=-1500', BYTES.length - 1500, BYTES.length - 1],
  ['bytes=5-99999999', 5, BYTES.length - 1],
])('Range: %s returns the bytes %i to %i', async (range, first, last) => {
  const download = await asked({ Range: range });
  expect(download.answer.statusCode).toBe(206);
  expect(download.answer.headers).toMatchObject({
    'content-range': `bytes ${first}-${last}/${BYTES.length}`,
    'content-length': String(last - first + 1),
    etag: `"${file.sha256}"`,
    'accept-ranges': 'bytes',
  });
  expect((await download.bytes()).equals(BYTES.subarray(first, last + 1))).toBe(true);
});

it.each<Record<string, string>>([
  {},
  { Range: 'bytes=0-1,5-6' },
  { Range: 'rows=0-1' },
  { Range: 'bytes=0-1', 'If-Range': '"another"' },
])('the request headers %j return the whole file', async (headers) => {
  const download = await asked(headers);
  expect(download.answer.statusCode).toBe(200);
  expect(download.answer.headers['content-length']).toBe(String(BYTES.length));
  expect((await download.bytes()).equals(BYTES)).toBe(true);
});

it('a download can be resumed where it broke off, with Range and If-Range', async () => {
  const begun = await asked({});
  const got = await begun.first();
  begun.leave();
  const { etag } = begun.answer.headers;
  const resumed = await asked({ Range: `bytes=${got.length}-`, 'If-Range': etag! });
  expect(resumed.answer.statusCode).toBe(206);
  expect(Buffer.concat([got, await resumed.bytes()]).equals(BYTES)).toBe(true);
});

it('a range beyond the end of the file is rejected with 416', async () => {
  const answer = await user.get(`/exports/${file.id}/file`).set('Range', `bytes=${BYTES.length}-`);
  expect(answer.status).toBe(416);
  expect(answer.headers['content-range']).toBe(`bytes */${BYTES.length}`);
  expect(answer.body).toEqual({ detail: 'The range is outside of the file' });
});

it('HEAD returns the size and the ETag of the whole file and ignores Range', async () => {
  const answer = await user.send('head' as 'get', `/exports/${file.id}/file`).set('Range', 'bytes=0-1');
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({ 'content-length': String(BYTES.length), etag: `"${file.sha256}"` });
});

it('a download holds no database connection while its client does not read', async () => {
  const patient = { REQUEST_TIMEOUT_SECONDS: '60' }; // the request below queues behind the downloads
  const app = await startApp({ env: { DATABASE_POOL_SIZE: '1', DATABASE_POOL_OVERFLOW: '0', ...patient } });
  const big = await anExport(user.id, randomBytes(16 * MIB));
  const downloads = await Promise.all(
    Array.from({ length: 5 }, () => Download.start(user, `/exports/${big.id}/file`, {}, app.url)),
  );
  expect((await user.at(app.url).get('/orders')).status).toBe(200);
  for (const download of downloads) download.leave();
  await app.stop();
});

const aborted = () => logs.filter(({ msg }) => String(msg).startsWith('A download was aborted')).length;

it('a download is not logged as an error if the client disconnects before the first byte', async () => {
  const before = aborted();
  const controller = new AbortController();
  const headers = { Authorization: `Bearer ${user.token}` };
  const begin = () => [fetch(`${baseUrl}/exports/${file.id}/file`, { headers, signal: controller.signal })];
  const leave = async () => {
    controller.abort();
    await sleep(200); // for the server to notice
  };
  await whileLocked('lock table audit_events in exclusive mode', begin, leave).catch(() => undefined);
  await eventually(async () => (aborted() > before ? true : undefined));
});

it('a download breaks off if the export is deleted during the transfer', async () => {
  const big = await anExport(user.id, randomBytes(32 * MIB));
  const download = await Download.start(user, `/exports/${big.id}/file`);
  await download.first();
  expect((await user.delete(`/exports/${big.id}`)).status).toBe(204);
  await expect(download.bytes()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await query('select 1 from export_chunks where export_id = $1', [big.id])).toEqual([]);
});

describe('a conditional download', () => {
  const other = '"another"';

  it('answers 304 without a body if If-None-Match contains the ETag of the file', async () => {
    const own = `"${file.sha256}"`;
    for (const tag of [own, `W/${own}`, `${other}, ${own}`, '*']) {
      const { answer } = await asked({ 'If-None-Match': tag, Range: 'bytes=0-9' });
      expect([answer.statusCode, answer.headers.etag, answer.headers['content-length']]).toEqual([304, own, undefined]);
    }
    expect((await asked({ 'If-None-Match': other })).answer.statusCode).toBe(200);
    expect((await user.get(`/exports/${file.id}/file`).set('If-None-Match', own)).text).toBe('');
  });

  it('answers 412 without the file if If-Match contains another ETag', async () => {
    const own = `"${file.sha256}"`;
    const refused = await user.get(`/exports/${file.id}/file`).set('If-Match', other).set('Range', 'bytes=0-9');
    expect([refused.status, refused.body]).toEqual([412, { detail: 'The resource has changed since you read it' }]);
    expect(refused.headers['content-type']).toContain('application/json');
    for (const tag of [own, `W/${own}`]) {
      expect((await asked({ 'If-Match': tag, Range: 'bytes=0-9' })).answer.statusCode).toBe(206);
    }
  });
});
