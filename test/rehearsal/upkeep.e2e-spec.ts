/** @jest-environment node */
import { join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';

interface Upkeep {
  readonly upkeepOf: (url: string) => Promise<object>;
  readonly neglects: (before: object, now: object) => string[];
}

const { upkeepOf, neglects } = (await import(join(process.cwd(), 'scripts/rehearse/upkeep.mjs'))) as Upkeep;

it('reports invalid indexes of partitioned tables and of the job queue', async () => {
  const { url, query } = await ownDatabase({ empty: true });
  await query('create schema pgboss');
  for (const schema of ['public', 'pgboss'])
    await query(`create table ${schema}.visits (at date not null) partition by range (at)`);
  const before = await upkeepOf(url);
  for (const schema of ['public', 'pgboss']) {
    await query(
      `create table ${schema}.visits_2026 partition of ${schema}.visits for values from ('2026-01-01') to ('2027-01-01')`,
    );
    await query(`create index visits_at_idx on only ${schema}.visits (at)`);
  }
  expect(neglects(before, await upkeepOf(url)).toSorted()).toEqual([
    'the database now has the index pgboss.visits_at_idx, which is not valid',
    'the database now has the index visits_at_idx, which is not valid',
  ]);
});
