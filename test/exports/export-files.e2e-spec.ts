import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { aBigCustomer } from '../support/big-export.js';
import { query } from '../support/database.js';
import { Download } from '../support/download.js';
import { anExport, anOrder, auditOf, eventually } from '../support/factories.js';
import { aUser, world, type Actor } from '../support/world.js';

const DAY_MS = 86_400_000;

interface Export {
  id: number;
  status: string;
  rows_done: number;
  rows_total: number | null;
  size_bytes: number | null;
  sha256: string | null;
  created_at: string;
  finished_at: string | null;
  expires_at: string;
}

/** Creates an export and waits until its file is ready. */
async function exported(actor: Actor, body: object = {}): Promise<Export> {
  const { status, body: made } = await actor.post('/exports', body);
  expect(status).toBe(201);
  return finished(actor, (made as Export).id);
}

const finished = (actor: Actor, id: number) =>
  eventually(async () => {
    const { body } = await actor.get(`/exports/${id}`);
    return (body as Export).status === 'ready' ? (body as Export) : undefined;
  });

const fileOf = async (actor: Actor, id: number, headers: Record<string, string> = {}) =>
  Download.start(actor, `/exports/${id}/file`, headers);
const bytesOf = async (actor: Actor, id: number) => (await fileOf(actor, id)).bytes();
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('a file export', () => {
  it('is queued, then has a file with its row count, size and checksum', async () => {
    const { user } = await world();
    await anOrder({ user_id: user.id });
    const answer = await user.post('/exports', {});
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe(`/exports/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      format: 'csv',
      gzip: false,
      all_orders: false,
      rows_total: null,
      sha256: null,
    });
    const { id, ...file } = await finished(user, answer.body.id);
    const bytes = await bytesOf(user, id);
    expect(bytes.toString()).toBe((await user.get('/export')).text);
    expect(file).toMatchObject({ rows_done: 1, rows_total: 1, size_bytes: bytes.length, sha256: sha256(bytes) });
    expect(Date.parse(file.expires_at) - Date.parse(file.created_at)).toBeCloseTo(7 * DAY_MS, -5);
    expect(file.finished_at).not.toBeNull();
  });

  it.each([
    [{ format: 'csv' }, 'text/csv; charset=utf-8', 'csv'],
    [{ format: 'ndjson' }, 'application/x-ndjson', 'ndjson'],
    [{ format: 'csv', gzip: true }, 'application/gzip', 'csv.gz'],
    [{ format: 'ndjson', gzip: true }, 'application/gzip', 'ndjson.gz'],
  ])('with the options %j has a file of the type %s', async (body, type, extension) => {
    const user = await aUser();
    await anOrder({ user_id: user.id });
    const { id, sha256: told } = await exported(user, body);
    const download = await fileOf(user, id);
    expect(download.answer.headers).toMatchObject({
      'content-type': type,
      'content-disposition': `attachment; filename=orders-${id}.${extension}`,
      'accept-ranges': 'bytes',
      etag: `"${told}"`,
    });
    const bytes = await download.bytes();
    const plain = 'gzip' in body ? gunzipSync(bytes) : bytes;
    const accept = body.format === 'csv' ? 'text/csv' : 'application/x-ndjson';
    expect(plain.toString()).toBe(await (await Download.start(user, '/export', { Accept: accept })).text());
  });

  it('without orders contains only the header row in CSV and nothing in NDJSON', async () => {
    const user = await aUser();
    const [csv, ndjson] = [await exported(user), await exported(user, { format: 'ndjson' })];
    expect((await bytesOf(user, csv.id)).toString()).toBe((await user.get('/export')).text);
    expect(ndjson).toMatchObject({ rows_done: 0, rows_total: 0, size_bytes: 0, sha256: sha256(Buffer.of()) });
    expect(await bytesOf(user, ndjson.id)).toHaveLength(0);
    expect((await fileOf(user, ndjson.id, { Range: 'bytes=0-' })).answer.statusCode).toBe(416);
  });

  it('contains all orders for an admin, and is not available to them after they lose the role', async () => {
    const { user, admin } = await world();
    await anOrder({ user_id: user.id });
    const { id } = await exported(admin);
    expect((await bytesOf(admin, id)).toString()).toBe((await admin.get('/export')).text);
    await query(`update users set role = 'user' where id = $1`, [admin.id]);
    expect((await admin.get(`/exports/${id}`)).status).toBe(404);
    expect((await admin.get(`/exports/${id}/file`)).status).toBe(404);
    expect((await admin.get('/exports')).body).toEqual([]);
  });

  it('of many chunks keeps its bytes in order, and its chunks are deleted with it', async () => {
    const customer = await aBigCustomer();
    const { id, rows_total, size_bytes, sha256: told } = await exported(customer);
    // on a busy machine a statement may take too long, which aborts the download
    const bytes = await eventually(() => bytesOf(customer, id).catch(() => undefined));
    expect([rows_total, size_bytes, told]).toEqual([40_000, bytes.length, sha256(bytes)]);
    const chunks = await query('select length(bytes) from export_chunks where export_id = $1', [id]);
    expect(chunks).toHaveLength(Math.ceil(bytes.length / 1024 ** 2));
    expect((await customer.delete(`/exports/${id}`)).status).toBe(204);
    expect(await query('select 1 from export_chunks where export_id = $1', [id])).toEqual([]);
  });
});

describe('exports', () => {
  it.each(['get', 'delete'] as const)('of other accounts return 404, even to an admin: %s', async (method) => {
    const { user, admin } = await world();
    const { id } = await anExport(user.id);
    for (const other of [await aUser(), admin]) {
      const answer = await other.send(method, `/exports/${id}`);
      expect([answer.status, answer.body]).toEqual([404, { detail: 'Export not found' }]);
      expect((await other.get(`/exports/${id}/file`)).status).toBe(404);
    }
    expect((await user.send(method, `/exports/${id}`)).status).toBeLessThan(300);
  });

  it('are listed page by page, only for their owner', async () => {
    const { user, stranger } = await world();
    await anExport(stranger.id);
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push((await anExport(user.id)).id);
    const first = await user.get('/exports?limit=2');
    expect((first.body as Export[]).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const next = /<([^>]+)>; rel="next"/.exec(first.headers['link']!)![1]!;
    expect(((await user.get(next)).body as Export[]).map(({ id }) => id)).toEqual(ids.slice(2));
  });

  it('are limited to ten per account, without the expired ones', async () => {
    const user = await aUser();
    for (let i = 0; i < 10; i++) await anExport(user.id);
    const answer = await user.post('/exports', {});
    expect([answer.status, answer.body]).toEqual([409, { detail: 'You already have 10 exports: delete one first' }]);
    await query(`update exports set expires_at = now() where user_id = $1`, [user.id]);
    expect((await user.post('/exports', {})).status).toBe(201);
  });

  it('can no longer be read or listed when they have expired', async () => {
    const user = await aUser();
    const { id } = await anExport(user.id);
    await query(`update exports set expires_at = now() - interval '1 s' where id = $1`, [id]);
    expect((await user.get(`/exports/${id}`)).status).toBe(404);
    expect((await user.get('/exports')).body).toEqual([]);
  });

  it.each(['queued', 'running', 'failed'])('with the status %s have no file', async (status) => {
    const user = await aUser();
    const { id } = await anExport(user.id, Buffer.of(1), { status });
    const answer = await user.get(`/exports/${id}/file`);
    expect([answer.status, answer.body]).toEqual([409, { detail: `The export is not ready: its status is ${status}` }]);
  });

  it('are recorded in the audit trail when they are created, downloaded and deleted', async () => {
    const user = await aUser();
    const { id } = await exported(user, { format: 'ndjson' });
    await user.get(`/exports/${id}/file`);
    await user.delete(`/exports/${id}`);
    const told = await auditOf(`exports/${id}`);
    expect(told.map(({ action, actor_id }) => [action, actor_id])).toEqual([
      ['export.made', user.id],
      ['export.downloaded', user.id],
      ['export.deleted', user.id],
    ]);
    expect(told[0]!.details).toEqual({ all_orders: false, format: 'ndjson' });
  });

  it('are deleted with their owner', async () => {
    const user = await aUser();
    const { id } = await anExport(user.id);
    expect((await user.delete(`/users/${user.id}`)).status).toBe(204);
    expect(await query('select 1 from exports where id = $1', [id])).toEqual([]);
  });
});
