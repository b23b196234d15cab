/** @jest-environment node */
import { join } from 'node:path';
import { ownDatabase } from '../support/own-database.js';

interface Snapshots {
  readonly schemaOf: (url: string) => Promise<ReadonlySet<string>>;
}

const { schemaOf } = (await import(join(process.cwd(), 'scripts/rehearse/snapshots.mjs'))) as Snapshots;

it.each([
  ['a table', 'create table visits (at date)'],
  ['a partitioned table', 'create table visits (at date) partition by range (at)'],
  ['a view', 'create view visits as select current_date as at'],
  ['a materialized view', 'create materialized view visits as select current_date as at'],
])('describes the columns of %s', async (_about, statement) => {
  const { url, query } = await ownDatabase({ empty: true });
  await query(statement);
  expect([...(await schemaOf(url))]).toEqual(['column visits.at date']);
});
