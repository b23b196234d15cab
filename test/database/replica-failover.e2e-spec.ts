import { setTimeout as sleep } from 'node:timers/promises';
import { parseMetrics, sumOf } from '../support/exposition.js';
import { Door } from '../support/door.js';
import { eventually } from '../support/factories.js';
import { freePort } from '../support/free-port.js';
import { ready, Replicated } from '../support/replicated.js';
import { hasReplication, type PostgresServer } from '../support/streaming.js';
import type { Actor } from '../support/world.js';

/** Longer than it takes to probe all servers once. */
const PROBED_AFTER_MS = 2000;

const test = hasReplication() ? describe : describe.skip;

test('a primary with two replicas', () => {
  let both: Replicated;
  let second: PostgresServer;
  let door: Door;
  const doors: Door[] = [];
  let metricsPort: number;
  let url = '';
  let admin: Actor;

  beforeAll(async () => {
    both = await Replicated.begin();
    second = await both.primary.replica();
    door = await opened(both.primary);
    metricsPort = await freePort();
    const program = both.start({
      DATABASE_URL: door.url,
      DATABASE_REPLICA_URLS: `${both.replica.url},${second.url}`,
      REPLICA_MAX_LAG_SECONDS: '2',
      METRICS_PORT: String(metricsPort),
    });
    url = await program.address();
    await untilTheyAre('ok', 'ok');
    admin = await both.account(url, 'admin');
  });

  afterAll(async () => {
    for (const one of doors) one.close();
    await both.mails.stop();
  });

  it('exposes the state and lag of each replica in the metrics', async () => {
    const families = await metrics();
    for (const replica of ['1', '2']) {
      expect(sumOf(families, 'aerie_replica_state', { replica, state: 'ok' })).toBe(1);
      expect(sumOf(families, 'aerie_replica_state', { replica })).toBe(1);
      expect(families.get('aerie_replica_lag_seconds')!.samples.map(({ labels }) => labels['replica'])).toContain(
        replica,
      );
    }
  });

  it('continues with the other replica if one is killed', async () => {
    await second.kill();
    for (let asked = 0; asked < 40; asked++) expect((await fetch(`${url}/items`)).status).toBe(200);
    await untilTheyAre('ok', 'unavailable');
    const families = await metrics();
    expect(sumOf(families, 'aerie_replica_state', { replica: '2', state: 'unavailable' })).toBe(1);
    await second.start();
    await untilTheyAre('ok', 'ok');
  });

  it('can fail: a replica is promoted, the URL moves to it, and the other replica follows it', async () => {
    const before = await made('before');
    await untilReplayed(both.primary, [both.replica, second]);
    await both.primary.kill();
    await both.replica.query('select pg_promote()');
    await untilTheyAre('no replica', 'ok');

    door.leadTo(new URL(both.replica.url));
    const after = await eventually(() => made('after').catch(() => undefined));
    for (const id of [before, after]) expect((await admin.get(`/items/${id}`)).status).toBe(200);

    // the second replica still waits for the old primary, and falls behind new writes
    await eventually(async () => {
      await made('meanwhile');
      return (await states())[1] === 'late' ? true : undefined;
    });
    expect((await admin.get(`/items/${await made('read at once')}`)).status).toBe(200);

    const { hostname, port } = new URL(both.replica.url);
    await second.query(`alter system set primary_conninfo = 'host=${hostname} port=${port} user=postgres'`);
    await second.query('select pg_reload_conf()');
    await untilTheyAre('no replica', 'ok');
  });

  it('uses a server that has become a replica again, without a restart', async () => {
    const other = await opened(both.replica); // the new primary
    const program = both.start({ DATABASE_URL: door.url, DATABASE_REPLICA_URLS: other.url });
    const address = await program.address();
    expect(await states(address)).toEqual(['no replica']);
    other.leadTo(new URL(second.url));
    await eventually(async () => ((await states(address))[0] === 'ok' ? true : undefined));
  });

  async function opened(server: PostgresServer): Promise<Door> {
    doors.push(await Door.open(new URL(server.url)));
    return doors.at(-1)!;
  }

  async function states(of = url): Promise<string[]> {
    return (await ready(of)).replicas?.map(({ state }) => state) ?? []; // empty without a primary
  }

  /** Waits for these states in the metrics, which do not need the primary. */
  async function untilTheyAre(...wanted: [string, string]): Promise<void> {
    await eventually(async () => {
      const families = await metrics();
      const isSo = (state: string, i: number) =>
        sumOf(families, 'aerie_replica_state', { replica: String(i + 1), state }) === 1;
      return wanted.every(isSo) ? true : undefined;
    });
  }

  async function metrics() {
    return parseMetrics(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text());
  }

  async function made(name: string): Promise<number> {
    const { status, body } = await admin.post('/items', { name, price_cents: 5, stock: 1 });
    if (status !== 201) throw new Error(`${status}`);
    return (body as { id: number }).id;
  }
});

test('a replica that has received more than the one that is promoted', () => {
  it('is not used until it follows the new primary, since its position says nothing about the writes there', async () => {
    const both = await Replicated.begin();
    const ahead = await both.primary.replica();
    const door = await Door.open(new URL(both.primary.url));
    const url = await both.start({ DATABASE_URL: door.url, DATABASE_REPLICA_URLS: ahead.url }).address();
    const state = async () => (await ready(url)).replicas?.[0]?.state; // undefined without a primary
    await eventually(async () => ((await state()) === 'ok' ? true : undefined));
    const admin = await both.account(url, 'admin');
    await untilReplayed(both.primary, [both.replica]);
    await both.replica.query(`alter system set primary_conninfo = ''`);
    await both.replica.query('select pg_reload_conf()');
    await eventually(async () => {
      const receivers = await both.replica.query('select from pg_stat_wal_receiver');
      return receivers.length === 0 || undefined;
    });
    await both.primary.query('create table test_lost as select generate_series(1, 100000) as n');
    await untilReplayed(both.primary, [ahead]);

    await both.primary.kill();
    await both.replica.query('select pg_promote()');
    door.leadTo(new URL(both.replica.url));
    await eventually(async () => ((await state()) === 'no replica' ? true : undefined), 60_000);
    const item = { name: 'New', price_cents: 5, stock: 1 };
    expect((await admin.post('/items', item)).status).toBe(201);
    expect((await admin.get('/items?search=New')).body).toMatchObject({ items: [item] });

    await both.replica.query('create table test_more as select generate_series(1, 200000) as n'); // passes the other
    await sleep(PROBED_AFTER_MS);
    expect(await state()).toBe('no replica');
    door.close();
    await both.mails.stop();
  });
});

/** Waits until these servers have replayed what the primary has written. */
async function untilReplayed(primary: PostgresServer, servers: readonly PostgresServer[]): Promise<void> {
  const [{ at }] = (await primary.query<{ at: string }>('select pg_current_wal_lsn()::text as at')) as [{ at: string }];
  for (const server of servers) {
    await eventually(async () => {
      const [row] = await server.query<{ has: boolean }>('select pg_last_wal_replay_lsn() >= $1::pg_lsn as has', [at]);
      return row!.has || undefined;
    });
  }
}
