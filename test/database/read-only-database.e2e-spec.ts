import { anExport, anItem, anOrder, aPost, eventually } from '../support/factories.js';
import { query } from '../support/database.js';
import { world, type Actor } from '../support/world.js';

const database = () => new URL(databaseUrl).pathname.slice(1);
const endSessions = () =>
  query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'aerie%' and pid <> pg_backend_pid()`);

/** Makes new sessions read-only or not, as operators do before a move. */
async function readOnly(is: boolean): Promise<void> {
  await query(`alter database "${database()}" ${is ? 'set default_transaction_read_only = on' : 'reset all'}`);
  await endSessions();
}

let admin: Actor;
let paths: string[];
let file: string;

beforeAll(async () => {
  ({ admin } = await world());
  const [item, post, made] = [await anItem(), await aPost(admin.id), await anExport(admin.id)];
  const order = await anOrder({ user_id: admin.id });
  file = `/exports/${made.id}/file`;
  const names =
    'items orders api/v1/posts users users/me profile process audit jobs exports auth/sessions auth/access-tokens';
  paths = names.split(' ').map((name) => `/${name}`);
  paths.push(`/items/${item.id}`, `/orders/${order.id}`, `/api/v1/posts/${post.id}`, `/exports/${made.id}`);
  paths.push('/auth/totp', `/dashboard?user_id=${admin.id}`);
  await readOnly(true);
  await eventually(async () => ((await admin.get('/items')).status === 200 ? true : undefined));
});

afterAll(() => readOnly(false));

describe('on a read-only database', () => {
  it('all reads still work', async () => {
    for (const path of paths) expect([path, (await admin.get(path)).status]).toEqual([path, 200]);
    for (const path of ['/export', file]) {
      const { status } = await fetch(baseUrl + path, {
        method: 'HEAD',
        headers: { Authorization: `Bearer ${admin.token!}` },
      });
      expect([path, status]).toEqual([path, 200]);
    }
  });

  it('exports are refused with an explanation, because the audit trail cannot record them', async () => {
    const detail = 'Exports are recorded in the audit trail, and the database is read-only now: try again later';
    for (const path of ['/export', file]) {
      const { status, body, headers } = await admin.get(path);
      expect([path, status, body, headers['retry-after']]).toEqual([path, 503, { detail }, '1']);
    }
  });

  it('exports work again once the database accepts writes', async () => {
    await readOnly(false);
    for (const path of ['/export', file])
      await eventually(async () => ((await admin.get(path)).status === 200 ? true : undefined));
    const events = await query(`select 1 from audit_events where action in ('orders.exported', 'export.downloaded')`);
    expect(events.length).toBeGreaterThanOrEqual(2);
  });
});
