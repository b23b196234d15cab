import pg from 'pg';
import { eventually } from '../support/factories.js';
import { aerie, aFolder } from '../support/processes.js';
import { ADVISORY_LOCKS } from '../support/races.js';
import { addEvents, aTrail, verdictOn } from './trail.js';
import { Actor, PASSWORD_HASH, signIn } from '../support/world.js';

const EVENT = 'insert into audit_events (action, subject) values ($1, $2)';
/** Locks all eight strands. */
const HOLD = 'select pg_advisory_lock(179556870, strand) from generate_series(0, 7) strand';

/** Opens connections for a test. They may hang or be terminated. */
async function connect(url: string, count: number): Promise<pg.Client[]> {
  const clients = Array.from({ length: count }, () => new pg.Client({ connectionString: url }));
  for (const client of clients) client.on('error', () => {});
  await Promise.all(clients.map((client) => client.connect()));
  return clients;
}

describe('the audit chain', () => {
  it.each([
    `update audit_chain set hash = '\\x00'`,
    'delete from audit_chain',
    'truncate audit_chain',
    `insert into audit_chain (strand, seq, event_id, hash) values (0, 9, 9, '\\x00')`,
    `update audit_events set action = 'x'`,
    'delete from audit_events',
    'truncate audit_events',
  ])('is append-only: %s is rejected', async (statement) => {
    const database = await aTrail(1);
    await expect(database.query(statement)).rejects.toThrow('the audit trail is only ever added to');
  });

  it('is also protected by grants: roles that are not superusers can only insert', async () => {
    const database = await aTrail(0);
    const [grants] = await database.query<{ can: boolean[] }>(
      `select array_agg(has_table_privilege('public', t, p)) as can from unnest(array['audit_events', 'audit_chain']) t,
        unnest(array['update', 'delete', 'truncate']) p`,
    );
    expect(new Set(grants!.can)).toEqual(new Set([false]));
    const acl = await database.query(
      `select relname, a.privilege_type as may from pg_class, aclexplode(relacl) a
       where relname in ('audit_events', 'audit_chain') and a.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
       order by relname desc`,
    );
    expect(acl).toEqual([
      { relname: 'audit_events', may: 'INSERT' },
      { relname: 'audit_chain', may: 'INSERT' },
    ]);
  });

  it('does not block other writers before the commit, and records events in commit order', async () => {
    const database = await aTrail(0);
    const [slow, fast] = (await connect(database.url, 2)) as [pg.Client, pg.Client];
    await slow.query('begin');
    await slow.query(EVENT, ['slow', '1']);
    await fast.query(EVENT, ['fast', '2']);
    await slow.query('commit');
    const order = `select action from audit_chain c join audit_events e on e.id = c.event_id order by seq`;
    expect(await database.query(order)).toEqual([{ action: 'fast' }, { action: 'slow' }]);
    await Promise.all([slow.end(), fast.end()]);
  });

  it('has no link for an event that was rolled back', async () => {
    const database = await aTrail(1);
    await database.query(`begin; insert into audit_events (action, subject) values ('x', 'y'); rollback`);
    await addEvents(database, 1);
    expect(await verdictOn(database.url)).toMatchObject({ links: 2, broken: undefined });
  });

  it('stays intact while 20 clients write concurrently, with several events per transaction', async () => {
    const database = await aTrail(0);
    const clients = await connect(database.url, 20);
    await Promise.all(
      clients.map(async (client, i) => {
        for (let round = 0; round < 25; round++) {
          await client.query('begin');
          await client.query(EVENT, ['one', `writers/${i}`]);
          await client.query(EVENT, ['two', `writers/${i}`]);
          await client.query(round % 5 === 4 ? 'rollback' : 'commit');
        }
      }),
    );
    await Promise.all(clients.map((client) => client.end()));
    const { heads, ...verdict } = await verdictOn(database.url);
    expect(verdict).toEqual({ links: 800, broken: undefined, lost: [] });
    expect(heads.length).toBeGreaterThan(1);
    expect(await verdictOn(database.url, ...heads)).toMatchObject({ heads, lost: [] });
    expect(await verdictOn(database.url, 'ab', ...heads)).toMatchObject({ lost: ['ab'] });
  });

  it('stays intact if a connection is terminated during its commit', async () => {
    const database = await aTrail(3);
    const [holder, doomed, waiting] = (await connect(database.url, 3)) as [pg.Client, pg.Client, pg.Client];
    await holder.query(HOLD);
    const [{ pid }] = (await doomed.query<{ pid: number }>('select pg_backend_pid() as pid')).rows as [{ pid: number }];
    const lost = expect(doomed.query(EVENT, ['doomed', '1'])).rejects.toThrow();
    const kept = waiting.query(EVENT, ['kept', '2']);
    await eventually(async () => {
      const waiters = await database.query(`${ADVISORY_LOCKS} and not granted`);
      return waiters.length === 2 ? true : undefined;
    });
    await database.query('select pg_terminate_backend($1)', [pid]);
    await lost;
    await holder.end();
    await kept;
    await waiting.end();
    expect(await verdictOn(database.url)).toMatchObject({ links: 4, broken: undefined });
  });

  it('stays intact if the application is killed during writes', async () => {
    const database = await aTrail(0);
    const email = 'boss@example.com';
    await database.query(`insert into users (email, name, role, password_hash) values ($1, 'Boss', 'admin', $2)`, [
      email,
      PASSWORD_HASH,
    ]);
    const app = aerie({ DATA_DIR: aFolder(), DATABASE_URL: database.url });
    const url = await app.address();
    const admin = new Actor(1, email, (await signIn(email, undefined, url)).access_token, url);
    let made = 0;
    const write = async () => {
      for (;;) {
        const { status } = await admin.post('/items', { name: 'Lamp', price_cents: 1, stock: 1 });
        if (status === 201) made++;
      }
    };
    const writers = Array.from({ length: 20 }, () => write().catch(() => {}));
    await eventually(() => Promise.resolve(made >= 100 ? true : undefined));
    app.signal('SIGKILL');
    await Promise.all(writers);
    expect(await app.ended).toBe('SIGKILL');
    expect(await verdictOn(database.url)).toMatchObject({ broken: undefined });
    const [{ items, events }] = (await database.query<{ items: number; events: number }>(
      `select (select count(*)::int from items) as items,
        (select count(*)::int from audit_events where action = 'item.created') as events`,
    )) as [{ items: number; events: number }];
    expect(events).toBe(items);
    expect(items).toBeGreaterThanOrEqual(made);
  });
});
