import pg from 'pg';
import { DataSource } from 'typeorm';
import { verifyTrail, type Verdict } from '../src/audit/verify.js';
import { eventually } from './support/factories.js';
import { ownDatabase, type OwnDatabase } from './support/own-database.js';
import { aerie, aFolder, command } from './support/processes.js';
import { Actor, PASSWORD_HASH, signIn } from './support/world.js';

import.meta.jest.setTimeout(60_000);

const folder = aFolder();
const HEAD = /head ([\da-f]{64})/;
const EVENT = `insert into audit_events (actor_id, action, subject, details)
  select i, 'item.updated', 'items/' || i, json_build_object('name', 'Lamp “ö” ' || i) from generate_series(1, $1::int) i`;

/** As an operator does it. */
const verify = (database: OwnDatabase, ...args: string[]) =>
  command('audit-verify', args, { cwd: folder, env: { DATABASE_URL: database.url, DATA_DIR: folder } });

/** The same without a process. */
async function verdictOn({ url }: OwnDatabase, ...anchors: string[]): Promise<Verdict> {
  const source = await new DataSource({ type: 'postgres', url, installExtensions: false }).initialize();
  try {
    return await verifyTrail(source.manager, anchors);
  } finally {
    await source.destroy();
  }
}

/** A database with so many events. */
async function aTrail(events: number): Promise<OwnDatabase> {
  const database = await ownDatabase();
  await database.query(EVENT, [events]);
  return database;
}

/** What only a superuser can do: past all triggers. */
const tamper = (database: OwnDatabase, statements: string) =>
  database.query(`begin; set local session_replication_role = replica; ${statements}; commit`);

/** Somebody's own connections, which may hang and be ended. */
async function connect(url: string, count: number): Promise<pg.Client[]> {
  const clients = Array.from({ length: count }, () => new pg.Client({ connectionString: url }));
  for (const client of clients) client.on('error', () => {});
  await Promise.all(clients.map((client) => client.connect()));
  return clients;
}

const link = 'insert into audit_events (action, subject) values ($1, $2)';
/** All eight strands are in use. */
const HOLD = 'select pg_advisory_lock(179556870, strand) from generate_series(0, 7) strand';

describe('npm run audit:verify', () => {
  it('says how many events there are, and the head, which it finds again when there are more', async () => {
    const database = await aTrail(2500);
    const { code, output } = await verify(database);
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/^The audit trail is whole: 2500 event\(s\), head \w{64}\n$/),
    ]);
    await database.query(EVENT, [3]);
    const later = await verify(database, '--head', HEAD.exec(output)![1]!.toUpperCase());
    expect([later.code, later.output]).toEqual([0, expect.stringMatching(/whole: 2503 event\(s\), head \w{64}\n$/)]);
  });

  it('takes an empty trail for whole, and shows how it is called', async () => {
    const database = await aTrail(0);
    expect((await verify(database)).output).toBe(`The audit trail is whole: 0 event(s), head none\n`);
    const usage = { code: 1, output: 'Usage: npm run audit:verify [-- --head HASH[,HASH …]]\n' };
    expect(await verify(database, '--head', 'abc')).toEqual(usage);
    expect(await verify(database, '--tail')).toEqual(usage);
  });

  it.each([
    [
      'an action that was changed',
      `update audit_events set action = 'x' where id = 4`,
      'link 0.4 does not fit: event 4',
    ],
    ['an actor who was changed', 'update audit_events set actor_id = 1 where id = 4', 'link 0.4 does not fit: event 4'],
    ['an actor who was wiped out', 'update audit_events set actor_id = null where id = 4', 'link 0.4 does not fit'],
    [
      'a time that was changed',
      `update audit_events set at = at - interval '1 ms' where id = 4`,
      'link 0.4 does not fit',
    ],
    ['a subject that was changed', `update audit_events set subject = '' where id = 4`, 'link 0.4 does not fit'],
    ['a request that was put in', `update audit_events set request_id = 'r' where id = 4`, 'link 0.4 does not fit'],
    ['an address that was put in', `update audit_events set address = '::' where id = 4`, 'link 0.4 does not fit'],
    ['details that were changed', `update audit_events set details = '{}' where id = 4`, 'link 0.4 does not fit'],
    [
      'one in the middle that was deleted',
      'delete from audit_events where id = 4',
      'event 4 is missing: link 0.4 tells of it',
    ],
    [
      'one that was deleted with its link',
      'delete from audit_events where id = 4; delete from audit_chain where seq = 4',
      'link 0.4 is missing: link 0.5 is next',
    ],
    [
      'one that was deleted with its link, and the others moved up',
      `delete from audit_events where id = 4; delete from audit_chain where seq = 4;
       update audit_chain set seq = -seq where seq > 4; update audit_chain set seq = -seq - 1 where seq < 0`,
      'link 0.4 does not fit: event 5',
    ],
    [
      'the first one gone',
      'delete from audit_events where id = 1; delete from audit_chain where seq = 1',
      'link 0.1 is missing',
    ],
    [
      'one that was put in past the chain',
      `insert into audit_events (action, subject) values ('x', 'users/1')`,
      'event 7 was put in past the chain',
    ],
    [
      'two that changed places',
      `update audit_chain set event_id = -9 where seq = 2; update audit_chain set event_id = 2 where seq = 4;
       update audit_chain set event_id = 4 where event_id = -9`,
      'link 0.2 does not fit: event 4',
    ],
    [
      'a hash that was changed',
      `update audit_chain set hash = '\\x00' where seq = 4`,
      'link 0.4 does not fit: event 4',
    ],
    [
      'one that was changed, with its own hash made to fit',
      `update audit_events set action = 'x' where id = 4; update audit_chain c set hash = audit_hash(
         (select hash from audit_chain where seq = 3), e) from audit_events e where e.id = 4 and c.seq = 4`,
      'link 0.5 does not fit: event 5, or what was before it, is not what was written',
    ],
  ])('finds %s', async (_what, statements, fault) => {
    const database = await aTrail(6);
    await tamper(database, statements);
    expect((await verdictOn(database)).broken).toContain(fault);
  });

  it('says what is wrong, and behind how many events that are whole', async () => {
    const database = await aTrail(6);
    await tamper(database, 'delete from audit_events where id = 4');
    expect(await verify(database)).toEqual({
      code: 1,
      output: 'The audit trail is broken behind 3 event(s) that are whole: event 4 is missing: link 0.4 tells of it\n',
    });
  });

  it.each([
    ['the end was cut off', 'delete from audit_events where id > 4; delete from audit_chain where seq > 4'],
    [
      'all was written anew from one event on',
      `update audit_events set action = 'x' where id = 2; truncate audit_chain;
       do $$ declare event audit_events; link bytea := decode(repeat('00', 32), 'hex'); begin
         for event in select * from audit_events order by id loop
           link := audit_hash(link, event); insert into audit_chain values (0, event.id, event.id, link);
         end loop; end $$`,
    ],
  ])('finds with a head of former times that %s', async (_what, statements) => {
    const database = await aTrail(6);
    const head = HEAD.exec((await verify(database)).output)![1]!;
    await tamper(database, statements);
    expect((await verify(database)).code).toBe(0); // nobody can tell without it
    const { code, output } = await verify(database, '--head', head);
    expect(code).toBe(1);
    expect(output).toBe(
      `The audit trail has no link any more with the hash ${head}: its end was cut off, or it was written anew\n`,
    );
  });

  it('is not taken in by functions of the database that were exchanged', async () => {
    const database = await aTrail(6);
    await database.query(`create or replace function audit_hash(previous bytea, event audit_events) returns bytea
      language sql as $$ select sha256('x') $$`);
    await database.query(EVENT, [1]);
    expect((await verdictOn(database)).broken).toContain('link 0.7 does not fit');
  });
});

describe('the chain', () => {
  it.each([
    `update audit_chain set hash = '\\x00'`,
    'delete from audit_chain',
    'truncate audit_chain',
    `insert into audit_chain (strand, seq, event_id, hash) values (0, 9, 9, '\\x00')`,
    `update audit_events set action = 'x'`,
    'delete from audit_events',
    'truncate audit_events',
  ])('is only ever added to, by events: %s', async (statement) => {
    const database = await aTrail(1);
    await expect(database.query(statement)).rejects.toThrow('the audit trail is only ever added to');
  });

  it('of a role that is no superuser is kept by its grants as well', async () => {
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

  it('holds up nobody before he commits, and has the order of the commits', async () => {
    const database = await aTrail(0);
    const [slow, fast] = (await connect(database.url, 2)) as [pg.Client, pg.Client];
    await slow.query('begin');
    await slow.query(link, ['slow', '1']);
    await fast.query(link, ['fast', '2']);
    await slow.query('commit');
    const order = `select action from audit_chain c join audit_events e on e.id = c.event_id order by seq`;
    expect(await database.query(order)).toEqual([{ action: 'fast' }, { action: 'slow' }]);
    await Promise.all([slow.end(), fast.end()]);
  });

  it('has no link of what was rolled back', async () => {
    const database = await aTrail(1);
    await database.query(`begin; ${EVENT.replace('$1::int', '5')}; rollback`);
    await database.query(EVENT, [1]);
    expect(await verdictOn(database)).toMatchObject({ links: 2, broken: undefined });
  });

  it('stays whole while twenty write at once, several events to a transaction', async () => {
    const database = await aTrail(0);
    const clients = await connect(database.url, 20);
    await Promise.all(
      clients.map(async (client, i) => {
        for (let round = 0; round < 25; round++) {
          await client.query('begin');
          await client.query(link, ['one', `writers/${i}`]);
          await client.query(link, ['two', `writers/${i}`]);
          await client.query(round % 5 === 4 ? 'rollback' : 'commit');
        }
      }),
    );
    await Promise.all(clients.map((client) => client.end()));
    const { heads, ...verdict } = await verdictOn(database);
    expect(verdict).toEqual({ links: 800, broken: undefined, lost: [] });
    expect(heads.length).toBeGreaterThan(1);
    expect(await verdictOn(database, ...heads)).toMatchObject({ heads, lost: [] });
    expect(await verdictOn(database, 'ab', ...heads)).toMatchObject({ lost: ['ab'] });
  });

  it('stays whole when a connection is ended in the middle of its commit', async () => {
    const database = await aTrail(3);
    const [holder, doomed, waiting] = (await connect(database.url, 3)) as [pg.Client, pg.Client, pg.Client];
    await holder.query(HOLD);
    const [{ pid }] = (await doomed.query<{ pid: number }>('select pg_backend_pid() as pid')).rows as [{ pid: number }];
    const lost = expect(doomed.query(link, ['doomed', '1'])).rejects.toThrow();
    const kept = waiting.query(link, ['kept', '2']);
    await eventually(async () => {
      const [row] = await database.query<{ n: number }>(
        `select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`,
      );
      return row!.n === 2 ? true : undefined;
    });
    await database.query('select pg_terminate_backend($1)', [pid]);
    await lost;
    await holder.end();
    await kept;
    await waiting.end();
    expect(await verdictOn(database)).toMatchObject({ links: 4, broken: undefined });
  });

  it('stays whole when the application is killed while it writes', async () => {
    const database = await aTrail(0);
    const email = 'boss@example.com';
    await database.query(`insert into users (email, name, role, password_hash) values ($1, 'Boss', 'admin', $2)`, [
      email,
      PASSWORD_HASH,
    ]);
    const app = aerie({ DATA_DIR: folder, DATABASE_URL: database.url });
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
    expect(await verdictOn(database)).toMatchObject({ broken: undefined });
    const [{ items, events }] = (await database.query<{ items: number; events: number }>(
      `select (select count(*)::int from items) as items,
        (select count(*)::int from audit_events where action = 'item.created') as events`,
    )) as [{ items: number; events: number }];
    expect(events).toBe(items);
    expect(items).toBeGreaterThanOrEqual(made);
  });
});
