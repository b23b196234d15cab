import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/factories.js';
import { ready, Replicated, untilReplicaIs } from '../support/replicated.js';
import { hasReplication, PostgresServer } from '../support/streaming.js';
import { Actor } from '../support/world.js';

/** Longer than it takes to replay a write, to log its position and to probe the replica. */
const REPLAYED_AFTER_MS = 1500;

/** More at once would be refused as an overload. */
const MAX_PENDING = 20;

const test = hasReplication() ? describe : describe.skip;

test('a replica', () => {
  let both: Replicated;
  let url = '';

  beforeAll(async () => {
    both = await Replicated.begin();
    url = await both.start({ REPLICA_MAX_LAG_SECONDS: '1' }).address();
    await untilReplicaIs('ok', url);
  });

  afterAll(() => both.mails.stop());

  it('is reported with its state and lag, but without host or name', async () => {
    expect((await ready(url)).replicas).toEqual([{ state: 'ok', lag_ms: expect.any(Number) as number }]);
  });

  it('that lags too far behind is not used until it has caught up', async () => {
    const reader = new Actor(0, '', undefined, url);
    await sleep(REPLAYED_AFTER_MS);
    await both.pause();
    expect(await both.answers(reader)).toBe(true);
    await untilReplicaIs('late', url);
    expect((await ready(url)).replicas[0]!.lag_ms).toBeGreaterThan(1000);
    expect(await both.answers(reader)).toBe(false);
    await both.resume();
    await untilReplicaIs('ok', url);
  });

  it('that lags when Aerie starts is not used until it has caught up, although its lag is unknown', async () => {
    await both.pause();
    await both.primary.query(`insert into items (name, stock, price_cents) values ('Unseen', 1, 5)`);
    const program = both.start();
    const started = await program.address();
    await untilReplicaIs('late', started); // it is 'unavailable' if its first probe took too long
    expect(await both.answers(new Actor(0, '', undefined, started))).toBe(false);
    await both.resume();
    await untilReplicaIs('ok', started);
  });

  it('of another server, or of another database, is not used, with a warning', async () => {
    const other = await PostgresServer.primary();
    const foreign = await other.replica();
    await both.primary.query('create database staging');
    const staging = both.replica.url.replace(/postgres$/, 'staging');
    const program = both.start({ DATABASE_REPLICA_URLS: `${foreign.url},${staging}` });
    const started = await program.address();
    await eventually(async () => {
      const { replicas } = await ready(started);
      return replicas.every(({ state }) => state === 'no replica') || undefined;
    });
    for (const n of [1, 2]) {
      await program.says(RegExp(`Replica ${n} of 2 is not used .+no replica.+: it is a replica of another database`));
    }
  });

  it('that is not in recovery is not used, with a warning', async () => {
    const program = both.start({ DATABASE_REPLICA_URLS: `${both.primary.url},${both.replica.url}` });
    const started = await program.address();
    await eventually(async () => {
      const { replicas } = await ready(started);
      return replicas.map(({ state }) => state).join() === 'no replica,ok' || undefined;
    });
    expect(program.output).toContain(
      'Replica 1 of 2 is not used until it is healthy (no replica): it is not in recovery',
    );
  });

  it('that refuses connections is not used, with a warning, until it has a free one again', async () => {
    await both.primary.query('create role reader login connection limit 1');
    await both.primary.query('grant pg_read_all_data to reader');
    const { port } = new URL(both.replica.url);
    const replica = `postgres://reader@127.0.0.1:${port}/postgres`;
    const program = both.start({ DATABASE_REPLICA_URLS: replica, LOG_LEVEL: 'info' });
    const started = await program.address();
    await untilReplicaIs('ok', started);
    await eventually(async () => {
      expect((await fetch(`${started}/items`)).status).toBe(200); // its probe has the only connection
      return (await ready(started)).replicas[0]!.state === 'unavailable' || undefined;
    });
    await program.says(/Replica 1 of 1 is not used until it is healthy \(unavailable\): too many connections for role/);
    await both.primary.query('alter role reader connection limit -1');
    await eventually(async () => {
      const [role] = await both.replica.query('select from pg_roles where rolname = $1 and rolconnlimit < 0', [
        'reader',
      ]);
      return role;
    });
    await untilReplicaIs('ok', started);
    const reader = new Actor(0, '', undefined, started);
    await both.pause();
    expect(await both.answers(reader)).toBe(true);
    await both.resume();
  });

  it('that is unreachable at the start causes only a warning, without the password', async () => {
    const program = both.start({ DATABASE_REPLICA_URLS: 'postgres://ann:s3cret@127.0.0.1:1/aerie' });
    const started = await program.address();
    expect(await ready(started)).toMatchObject({ database: 'ok', replicas: [{ state: 'unavailable', lag_ms: null }] });
    expect(program.output).toContain('Replica 1 of 1 is not used until it is healthy (unavailable)');
    expect(program.output).not.toContain('s3cret');
    expect((await fetch(`${started}/items`)).status).toBe(200);
  });

  it.each([
    ['killed', () => both.replica.kill(), () => both.replica.start()],
    ['frozen', async () => both.replica.signal('SIGSTOP'), async () => both.replica.signal('SIGCONT')],
  ])('that is %s under load makes no request fail, and is used again afterwards', async (_, end, begin) => {
    await untilReplicaIs('ok', url);
    const load = readsAt(100);
    await load.sends(200);
    await end();
    await untilReplicaIs('unavailable', url);
    await load.sends(300);
    const statuses = await load.end();
    expect(statuses.length).toBeGreaterThanOrEqual(500);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect((await ready(url)).replicas[0]!.state).toBe('unavailable');
    await begin();
    await untilReplicaIs('ok', url);
  });

  /** Sends this many reads a second until it is stopped, or as many as a slow machine answers. */
  function readsAt(perSecond: number) {
    const statuses: Promise<number>[] = [];
    let pending = 0;
    const timer = setInterval(() => {
      if (pending >= MAX_PENDING) return;
      pending++;
      statuses.push(read().finally(() => pending--));
    }, 1000 / perSecond);
    return {
      sends: async (more: number) => {
        const all = statuses.length + more;
        while (statuses.length < all) await sleep(10);
      },
      end: () => {
        clearInterval(timer);
        return Promise.all(statuses);
      },
    };
  }

  async function read(): Promise<number> {
    const answer = await fetch(`${url}/items`);
    await answer.arrayBuffer();
    return answer.status;
  }
});
