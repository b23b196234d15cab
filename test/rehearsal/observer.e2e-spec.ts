/** @jest-environment node */
import { join } from 'node:path';
import type { MigrationInterface } from 'typeorm';
import { readConfig } from '../../src/config/config.js';
import { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { migrationOptions } from '../../src/database-setup/setup-connections.js';
import { applyMigrations, undoMigrations } from '../../src/database-setup/migration-runner.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';

interface Described {
  readonly before?: readonly string[];
}

type Migrations = Readonly<Record<string, Described>>;

interface Labelled {
  readonly GOOD: Migrations;
  readonly BAD: Migrations;
  readonly migrationOf: (name: string, described: Described) => new () => MigrationInterface;
}

interface Observing {
  readonly Observer: new (found: (sentence: string) => void) => { watch(source: AerieDataSource): Promise<void> };
}

const script = <T>(path: string) => import(join(process.cwd(), path)) as Promise<T>;
const { GOOD, BAD, migrationOf } = await script<Labelled>('test/rehearsal/labelled.mjs');
const { Observer } = await script<Observing>('scripts/rehearse/observer.mjs');

/** Fills the tables with more rows than one batch. */
const FILL = [
  `insert into users (id, email, name, password_hash) select i, i || '@example.com', 'Ann Lee', '' from generate_series(1, 12000) i`,
  `insert into items (id, name, price_cents, stock) select i, 'Thing', 5, 1 from generate_series(1, 12000) i`,
  `insert into posts (id, user_id, title, body) select i, i, 'Title', 'Words' from generate_series(1, 12000) i`,
  `insert into orders (id, user_id, item_id, quantity, total_cents, status)
    select i, i, i, 1, 5, (array['new', 'paid', 'sent'])[1 + i % 3] from generate_series(1, 12000) i`,
  `select setval('items_id_seq', 12000)`,
  'analyze users, items, posts, orders',
];

const BY_LOCKS = [
  'Index',
  'NotNullAtOnce',
  'TypeChange',
  'ForeignKey',
  'Check',
  'VolatileDefault',
  'BackfillAtOnce',
  'BatchesInOneTransaction',
  'WholeTableAnew',
  'SplitColumnAtOnce',
  'WithoutTimeout',
  'IndexAfterTimeout',
  'TypeChangeAfterTimeout',
  'TransactionInText',
  'WithoutTimeoutInText',
  'IdentityColumn',
  'UniqueNewColumn',
  'ChangedCollation',
  'ColumnToDomain',
  'DomainThatRewrites',
  'LocksAllRows',
  'LongLockTimeout',
  'CommitAtTheEnd',
  'IndexInBlock',
  'ReindexSchema',
  'BatchesUnderLock',
  'FilledWithForeignKey',
  'ValidatedAtOnce',
  'ForeignKeyValidatedAtOnce',
  'CheckOfNewColumn',
  'IndexWithoutRunner',
  'LocksInBlock',
  'SearchPathLeftBehind',
  'LockTimeoutLeftBehind',
  'LockLeftBehind',
  'TemporaryTableLeftBehind',
  'BackfillOfSome',
  'LocksKeys',
];

let database: OwnDatabase;

beforeAll(async () => {
  database = await ownDatabase();
  for (const statement of FILL) await database.query(statement);
});

/** Applies a migration and undoes it. Returns the findings of the first direction. */
async function findings(name: string, described: Described): Promise<string[]> {
  const found: string[] = [];
  const config = readConfig({ NODE_ENV: 'test', DATABASE_URL: database.url, JWT_SECRET: 'x'.repeat(40) });
  for (const statement of described.before ?? []) await database.query(statement);
  const migrations = [migrationOf(name, described)];
  const source = await new AerieDataSource({ ...migrationOptions(config), entities: [], migrations }).initialize();
  let isUp = true;
  await new Observer((sentence) => isUp && found.push(sentence)).watch(source);
  await applyMigrations(source, config);
  isUp = false;
  await undoMigrations(source, config, 1);
  await source.destroy();
  return found;
}

it.each(Object.entries(GOOD))('%s is not reported as blocking requests', async (name, described) => {
  expect(await findings(name, described)).toEqual([]);
});

it.each(BY_LOCKS)('%s is reported as blocking requests, regardless of its duration', async (name) => {
  expect(await findings(name, BAD[name]!)).not.toEqual([]);
});
