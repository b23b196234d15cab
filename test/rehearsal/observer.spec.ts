import { join } from 'node:path';

type Query = (text: string) => Promise<unknown>;

interface Source {
  readonly query: Query;
  createQueryRunner: () => { query: Query };
  readonly migrations: { name: string; up: (runner: { query: Query }) => Promise<void> }[];
}

interface Observing {
  readonly Observer: new (found: (sentence: string) => void) => { watch: (source: Source) => Promise<void> };
}

const script = <T>(name: string) => import(join(process.cwd(), 'scripts/rehearse', name)) as Promise<T>;
const { Observer } = await script<Observing>('observer.mjs');
const { MANY } = await script<{ MANY: number }>('sizes.mjs');

/** Returns the findings about a migration of one query that locks so many rows. */
async function findings(text: string, rows: number): Promise<string[]> {
  const found: string[] = [];
  const state = { lockTimeout: 1000, locks: [], tables: [], indexes: [] };
  const session = { settings: {}, role: 'none', locks: 0 };
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

const BODY = 'begin perform 1 from (select id from orders for update) o; return new; end';

it.each([
  ['select id from orders for update', MANY + 1, 1],
  ['select id -- all of them\nfrom orders\nfor no key update', MANY + 1, 1],
  ['select id from orders for update; select 1', MANY + 1, 1],
  [`do $$ ${BODY} $$`, MANY + 1, 1],
  ['select id from orders for update', MANY, 0],
  ['select id from orders', MANY + 1, 0],
])('reports locked rows: %s', async (text, rows, count) => {
  expect(await findings(text, rows)).toHaveLength(count);
});
