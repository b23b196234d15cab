/** @jest-environment node */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readConfig } from '../../src/config/config.js';
import { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { databaseTimeouts } from '../../src/kernel/database/timeouts.js';
import { migrationLockTimeout } from '../../src/database-setup/lock-timeout-retries.js';
import { migrationOptions } from '../../src/database-setup/setup-connections.js';
import { withMigrationLock } from '../../src/database-setup/migrate.js';
import { applyMigrations, migrationStates, undoMigrations } from '../../src/database-setup/migration-runner.js';
import { eventually } from '../support/factories.js';
import { ownDatabase, type OwnDatabase } from '../support/own-database.js';
import { aerie, aFolder } from '../support/processes.js';
import { ADVISORY_LOCKS } from '../support/races.js';

class AddNote1900000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table orders add note text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table orders drop note');
  }
}

class IndexNotes1900000000001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index concurrently orders_note_idx on orders (note)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index concurrently orders_note_idx');
  }
}

class MarkItems1900000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table items add mark text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table items drop mark');
  }
}

class TwoSteps1900000000003 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table test_first_step (id int)'); // fails if it is repeated
    await runner.query('alter table items add step text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table test_first_step');
    await runner.query('alter table items drop step');
  }
}

class WrongIndex1900000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index concurrently wrong_idx on items (name)');
  }

  async down(): Promise<void> {}
}

const MIGRATIONS = [AddNote1900000000000, IndexNotes1900000000001];
const LOCK = 4_120_253_117;

const configOf = ({ url }: OwnDatabase) =>
  readConfig({ NODE_ENV: 'test', DATABASE_URL: url, JWT_SECRET: 'x'.repeat(40) });

/** Opens another connection and begins a transaction with these statements. */
async function session({ url }: OwnDatabase, application_name: string, statements: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name });
  client.on('error', () => {});
  await client.connect();
  await client.query(`begin; ${statements}`);
  return client;
}

it('a migration waits longer than the deadlock timeout, so that PostgreSQL cancels an autovacuum, but less long than requests', async () => {
  const database = await ownDatabase();
  const config = configOf(database);
  const client = await session(database, 'test', '');
  const { rows } = await client.query<{ ms: number }>(
    "select setting::int as ms from pg_settings where name = 'deadlock_timeout'",
  );
  await client.end();
  expect(migrationLockTimeout(config)).toBeGreaterThan(rows[0]!.ms);
  expect(migrationLockTimeout(config)).toBeLessThan(databaseTimeouts(config).lock);
});

describe('a migration', () => {
  let database: OwnDatabase;
  let source: AerieDataSource;
  let said: string[];
  beforeEach(async () => {
    said = [];
    const { jest } = import.meta;
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    database = await ownDatabase();
    const options = { ...migrationOptions(configOf(database)), entities: [], migrations: MIGRATIONS };
    source = await new AerieDataSource(options).initialize();
  });

  afterEach(async () => {
    import.meta.jest.restoreAllMocks();
    await source.destroy();
  });

  const apply = (withinMs?: number) => applyMigrations(source, configOf(database), { withinMs });

  it('that waits for a slow reader lets other readers continue, reports the process it waits for, and then completes', async () => {
    const reader = await session(database, 'slow-export', 'select count(*) from orders');
    const pid = (await reader.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
    const applied = apply();
    let longest = 0;
    await eventually(async () => {
      const began = performance.now();
      await database.query('select from orders limit 1');
      longest = Math.max(longest, performance.now() - began);
      return said.length >= 2 || undefined;
    });
    await reader.end();
    expect(await applied).toEqual(MIGRATIONS.map(({ name }) => name));
    expect(longest).toBeGreaterThan(500); // a read waited for the migration, but not for the slow reader
    const whom = String.raw`process ${pid} \(slow-export, idle in transaction, since [\d-]+T[\d:.]+Z\)`;
    const sentence = (pause: number) =>
      new RegExp(
        `^The migration AddNote1900000000000 is waiting for a lock held by ${whom}; retrying in ${pause} s\n$`,
      );
    expect(said.slice(0, 2)).toEqual([expect.stringMatching(sentence(1)), expect.stringMatching(sentence(2))]);
  });

  it('that waits for a slow reader makes no request fail', async () => {
    const app = aerie({ DATABASE_URL: database.url, DATA_DIR: aFolder() });
    const url = await app.address();
    const reader = await session(database, 'slow-export', 'select count(*) from items');
    const options = { ...migrationOptions(configOf(database)), entities: [], migrations: [MarkItems1900000000002] };
    const items = await new AerieDataSource(options).initialize();
    const applied = applyMigrations(items, configOf(database));
    const statuses: number[] = [];
    while (said.length < 3) statuses.push((await fetch(`${url}/items`)).status);
    await reader.end();
    expect(await applied).toEqual(['MarkItems1900000000002']);
    await items.destroy();
    expect(statuses.length).toBeGreaterThan(20);
    expect(new Set(statuses)).toEqual(new Set([200]));
    app.signal('SIGTERM');
    expect(await app.ended).toBe(0);
  });

  it('without a transaction repeats only the statement that got no lock, also when it is reverted', async () => {
    const options = { ...migrationOptions(configOf(database)), entities: [], migrations: [TwoSteps1900000000003] };
    const steps = await new AerieDataSource(options).initialize();
    for (const change of [
      () => applyMigrations(steps, configOf(database)),
      () => undoMigrations(steps, configOf(database), 1),
    ]) {
      said.length = 0;
      const reader = await session(database, 'slow-export', 'select count(*) from items');
      const changed = change();
      await eventually(async () => said.some((line) => line.includes('retrying')) || undefined);
      await reader.end();
      expect(await changed).toEqual(['TwoSteps1900000000003']);
    }
    await steps.destroy();
  });

  it('that fails inside its transaction reports its own error', async () => {
    const options = { ...migrationOptions(configOf(database)), entities: [], migrations: [WrongIndex1900000000004] };
    const wrong = await new AerieDataSource(options).initialize();
    await expect(applyMigrations(wrong, configOf(database))).rejects.toThrow(
      'CREATE INDEX CONCURRENTLY cannot run inside a transaction block',
    );
    await wrong.destroy();
  });

  it('gives up at the deadline without changing anything', async () => {
    const reader = await session(database, 'slow-export', 'select count(*) from orders');
    await expect(apply(1000)).rejects.toThrow(
      /^The migration AddNote1900000000000 is waiting for a lock held by process \d+ \(slow-export, .+\)\. Gave up after \d s: try again when that has ended, or end it with "select pg_terminate_backend\(…\)"$/,
    );
    await reader.end();
    const states = await migrationStates(source);
    expect(states.slice(-2).map(({ state }) => state)).toEqual(['pending', 'pending']);
    expect(states.slice(0, -2).every(({ state }) => state === 'unknown to this build')).toBe(true);
  });

  it('can be reverted, even if it runs outside a transaction, but not by a build that does not contain it', async () => {
    await apply();
    expect(await undoMigrations(source, configOf(database), 2)).toEqual(
      MIGRATIONS.map(({ name }) => name).toReversed(),
    );
    await expect(undoMigrations(source, configOf(database), 1)).rejects.toThrow(
      /^This build does not know the migration \w+: revert it with the build that applied it$/,
    );
  });

  it('that builds an index concurrently waits until a slow reader ends, and reports it', async () => {
    const reader = await session(
      database,
      'slow-export',
      'set transaction isolation level repeatable read; select count(*) from items',
    );
    const applied = apply();
    await eventually(async () => said.length > 0 || undefined);
    expect(said).toEqual([
      expect.stringMatching(
        /^aerie-migrate is waiting for process \d+ \(slow-export, idle in transaction, since .+\)\n$/,
      ),
    ]);
    await reader.end();
    expect(await applied).toHaveLength(2);
    expect(await database.query(`select from pg_index where not indisvalid`)).toEqual([]);
  });

  it('that builds an index concurrently does not wait for instances that wait for the migration lock', async () => {
    await withMigrationLock(configOf(database), async () => {
      const second = withMigrationLock(configOf(database), () => Promise.resolve('done'));
      await sleep(500); // it has tried to take the lock by now
      expect(await apply(5000)).toHaveLength(2);
      return { second };
    }).then(async ({ second }) => expect(await second).toBe('done'));
  });
});

it('a start that waits five seconds for the migration lock reports the process that holds it', async () => {
  const database = await ownDatabase();
  const other = await session(database, 'aerie-elsewhere', `select pg_advisory_lock(${LOCK})`);
  const app = aerie({ DATABASE_URL: database.url, DATA_DIR: aFolder() });
  await app.says(
    /^Waited (?:[5-9]|\d\d) s for the migration lock; it is held by process \d+ \(aerie-elsewhere, idle in transaction, since [\d-]+T[\d:.]+Z\)\n$/,
  );
  await other.end();
  await app.address();
  app.signal('SIGTERM');
  expect(await app.ended).toBe(0);
  expect(await database.query(ADVISORY_LOCKS)).toEqual([]);
});
