import pg from 'pg';
import { query } from '../support/database.js';
import { Door } from '../support/door.js';
import { anItem, eventually } from '../support/factories.js';
import { WAITING } from '../support/races.js';
import { expectUnharmed, note, ordeal, type Fault } from './ordeal.js';
import { Actor, world } from '../support/world.js';

// The application has ten connections. Requests run with the real chain of timeouts.

let door: Door;
let app: RunningApp;
let user: Actor;
let item: { id: number };

beforeAll(async () => {
  door = await Door.open();
  app = await startApp({ env: { DATABASE_URL: door.url, LOG_LEVEL: 'silent' } });
  user = (await world()).user.at(app.url);
  item = await anItem({ stock: 1_000_000 });
});

afterAll(() => door.close());

const list = () => user.get('/items?limit=1');
const order = () => user.post('/orders', { item_id: item.id, quantity: 1 });
const database = () => new URL(databaseUrl).pathname.slice(1);

/** Returns the connections that serve requests. Those of the job queue come and go. */
const backends = () =>
  query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and application_name = 'aerie'`,
  );

const endSessions = () =>
  query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'aerie'`,
  );

/** Holds a lock on a table that every request needs. */
function lockedTable(table: string): Fault {
  let holder: pg.Client;
  const begin = async () => {
    holder = new pg.Client({ connectionString: databaseUrl });
    await holder.connect();
    await holder.query(`begin; lock table ${table} in access exclusive mode`);
  };
  return { begin, end: () => holder.end() };
}

function frozenBackends(): Fault {
  let frozen: { pid: number }[] = [];
  const begin = async () => {
    frozen = await backends();
    for (const { pid } of frozen) process.kill(pid, 'SIGSTOP');
  };
  const end = () => {
    for (const { pid } of frozen) process.kill(pid, 'SIGCONT');
  };
  return { begin, end };
}

const isOnThisMachine = process.env['TEST_DATABASE_URL'] === undefined;

const FAULTS: readonly [name: string, fault: Fault][] = [
  ...(isOnThisMachine ? [['every backend is frozen (SIGSTOP)', frozenBackends()] as [string, Fault]] : []),
  ['sent data is lost (black hole)', { begin: () => door.swallow(), end: () => door.letThrough() }],
  ['connections are refused', { begin: () => door.close(), end: () => door.reopen() }],
  ['a lock is held too long', lockedTable('items')],
];

describe.each([
  ['reads', list],
  ['writes', order],
] as const)('%s while', (kind, request) => {
  it.each(FAULTS)('%s are answered with 503, and succeed again afterwards', async (name, fault) => {
    const outcome = await ordeal(app.url, fault, request);
    note(`${kind}: ${name}`, outcome);
    const statuses = new Set(outcome.answers.map(({ status }) => status));
    if (name.startsWith('every backend')) statuses.delete(200); // from a connection opened meanwhile
    expect(statuses).toEqual(new Set([503]));
    expectUnharmed(outcome);
  });

  it('the pool is exhausted are answered with 503', async () => {
    const outcome = await ordeal(app.url, lockedTable('items'), request, 40);
    note(`${kind}: the pool is exhausted`, outcome);
    expect(new Set(outcome.answers.map(({ status }) => status))).toEqual(new Set([503]));
    expectUnharmed(outcome);
  });
});

it('a connection reset fails only the requests in progress', async () => {
  const { begin, end } = lockedTable('items');
  await begin();
  const answers = Array.from({ length: 5 }, () => list().then((it) => it));
  await eventually(async () => ((await query(WAITING)).length >= 5 ? true : undefined));
  door.reset();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
  await end();
  expect((await Promise.all(Array.from({ length: 20 }, list))).map(({ status }) => status)).toEqual(
    Array(20).fill(200),
  );
});

const readOnly: Fault = {
  begin: async () => {
    await query(`alter database "${database()}" set default_transaction_read_only = on`);
    await endSessions();
    await eventually(async () => ((await list()).status === 200 ? true : undefined)); // reads still work
  },
  end: async () => {
    await query(`alter database "${database()}" reset default_transaction_read_only`); // affects new sessions only
  },
};

const slowTable: Fault = {
  begin: async () => {
    await query('alter table items rename to items_kept');
    await query('create view items as select * from items_kept, lateral (select pg_sleep(60)::text) pause');
  },
  end: async () => {
    await query('drop view items; alter table items_kept rename to items');
  },
};

const UNAVAILABLE = 'The database is not available, try again';
const IN_USE = 'The row is in use, try again';

it.each([
  ['a write to a database that became read-only', readOnly, order, UNAVAILABLE],
  ['a write to a row that is locked too long', lockedRow(), order, IN_USE],
  ['a statement that takes too long', slowTable, list, UNAVAILABLE],
] as const)('%s is answered with 503, and succeeds once the cause is gone', async (name, fault, request, detail) => {
  const outcome = await ordeal(app.url, fault, request);
  note(name, outcome);
  expect(new Set(outcome.answers.map((answer) => `${answer.status} ${answer.body.detail}`))).toEqual(
    new Set([`503 ${detail}`]),
  );
  expectUnharmed(outcome);
});

function lockedRow(): Fault {
  let holder: pg.Client;
  const begin = async () => {
    holder = new pg.Client({ connectionString: databaseUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select 1 from items where id = $1 for update', [item.id]);
  };
  return { begin, end: () => holder.end() };
}
