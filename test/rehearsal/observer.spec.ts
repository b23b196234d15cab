import { jest } from '@jest/globals';
import { join } from 'node:path';

type Query = (text: string) => Promise<unknown>;

interface Source {
  readonly query: Query;
  createQueryRunner: () => { query: Query };
  readonly migrations: { name: string; up: (runner: { query: Query }) => Promise<void> }[];
}

interface Observing {
  readonly Observer: new (found: (sentence: string) => void) => {
    watch: (source: Source) => Promise<void>;
    longestSince: (time: number) => string;
  };
}

const script = <T>(name: string) => import(join(process.cwd(), 'scripts/rehearse', name)) as Promise<T>;
const { Observer } = await script<Observing>('observer.mjs');
const { MANY } = await script<{ MANY: number }>('sizes.mjs');

/** Returns the findings about a migration of one query that locks so many rows. */
async function findings(text: string, rows: number): Promise<string[]> {
  const found: string[] = [];
  const state = { lockTimeout: 1000, locks: [], tables: [], indexes: [] };
  const session = { settings: {}, role: 'none', temporary: [], locks: 0 };
  const answer = { state, session, table: 'orders', rows };
  const query: Query = () => Promise.resolve([answer]);
  const source: Source = {
    query,
    createQueryRunner: () => ({ query }),
    migrations: [
      {
        name: 'one',
        async up(runner) {
          await runner.query(text);
        },
      },
    ],
  };
  await new Observer((sentence) => found.push(sentence)).watch(source);
  await source.migrations[0]!.up(source.createQueryRunner());
  return found;
}

/** Returns the answer to all queries of the observer, after so many orders were changed. */
function stateOf(changed: number): object {
  const tables = [{ oid: 1, name: 'orders', changed, read: 0, inserted: 0, file: 1 }];
  const session = { settings: {}, role: 'none', temporary: [], locks: 0 };
  return { state: { lockTimeout: 1000, locks: [], tables, indexes: [] }, oid: 1, rows: MANY, session };
}

it('starts anew after a migration that failed', async () => {
  let changed = 0;
  let tries = 0;
  const query: Query = (text) => {
    if (text.startsWith('update')) changed += MANY / 2;
    return Promise.resolve([stateOf(changed)]);
  };
  const found: string[] = [];
  const migration = {
    name: 'one',
    async up(runner: { query: Query }) {
      if (tries++ === 0) throw new Error('canceling statement due to lock timeout');
      await runner.query('update orders set id = id limit 100');
    },
  };
  const source: Source = { query, createQueryRunner: () => ({ query }), migrations: [migration] };
  const observer = new Observer((sentence) => found.push(sentence));
  await observer.watch(source);
  const runner = source.createQueryRunner();
  const transaction = async () => {
    await runner.query('begin');
    await source.migrations[0]!.up(runner);
  };
  await expect(transaction()).rejects.toThrow('lock timeout');
  await runner.query('rollback');
  await transaction();
  expect(found).toEqual([expect.stringMatching(/^locks 5000 of 10000 rows of orders in one transaction/)]);
});

it('names the statement that has taken the longest since a wait began', async () => {
  let now = 0;
  const durations: Record<string, number> = { reads: 900, 'alter table': 5, sleeps: 500, creates: 20 };
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  const query: Query = (text) => {
    now += durations[text] ?? 0;
    return Promise.resolve([stateOf(0)]);
  };
  const texts = Object.keys(durations);
  const migration = {
    name: 'one',
    async up(runner: { query: Query }) {
      for (const text of texts) await runner.query(text);
    },
  };
  const source: Source = { query, createQueryRunner: () => ({ query }), migrations: [migration] };
  const observer = new Observer(() => {});
  await observer.watch(source);
  await source.migrations[0]!.up(source.createQueryRunner());
  const since = [0, 900, 1410, 9999].map((time) => observer.longestSince(time));
  clock.mockRestore();
  expect(since).toEqual(['reads', 'sleeps', 'creates', 'creates']);
});

const BODY = 'begin perform 1 from (select id from orders for update) o; return new; end';

it.each([
  ['select id from orders for update', MANY + 1, 1],
  ['select id -- all of them\nfrom orders\nfor no key update', MANY + 1, 1],
  ['select id from orders for update; select 1', MANY + 1, 1],
  ['select id from orders for key share', MANY + 1, 1],
  [`do $$ ${BODY} $$`, MANY + 1, 1],
  ['select id from orders for update', MANY, 0],
  ['select id from orders', MANY + 1, 0],
])('reports locked rows: %s', async (text, rows, count) => {
  expect(await findings(text, rows)).toHaveLength(count);
});
