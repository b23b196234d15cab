import { join } from 'node:path';

type Query = (text: string) => Promise<unknown>;

interface Source {
  readonly query: Query;
  createQueryRunner: () => { query: Query };
  readonly migrations: { name: string; up: (runner: { query: Query }) => Promise<void> }[];
}

const { Observer, MANY } = (await import(join(process.cwd(), 'scripts/rehearse/observer.mjs'))) as {
  Observer: new (found: (sentence: string) => void) => { watch: (source: Source) => Promise<void> };
  MANY: number;
};

/** Returns the findings about a migration of one query. All tables are empty, and the query gets this answer. */
async function findings(text: string, answer: unknown): Promise<string[]> {
  const found: string[] = [];
  const state = { lockTimeout: 1000, locks: [], tables: [], indexes: [] };
  const query: Query = (given) =>
    Promise.resolve(given === text ? answer : given.includes('as state') ? [{ state }] : []);
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

const many = Array.from({ length: MANY + 1 }, (_, id) => ({ id }));
const BODY = 'begin perform 1 from (select id from orders for update) o; return new; end';

it.each([
  ['select id from orders for update', many, 1],
  ['select id -- all of them\nfrom orders\nfor no key update', many, 1],
  ['select id from orders for update', many.slice(1), 0],
  ['select id from orders', many, 0],
  [`select 'select for update' from orders`, many, 0],
  ['select id from orders for update; select 1', undefined, 0], // TypeORM has no answer of several statements
  [`create function f() returns trigger language plpgsql as $$ ${BODY} $$`, many, 0],
])('reports locked rows: %s', async (text, answer, count) => {
  expect(await findings(text, answer)).toHaveLength(count);
});
