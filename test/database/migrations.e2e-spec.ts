import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { query } from '../support/database.js';
import { ownDatabase } from '../support/own-database.js';

const ROOT = join(import.meta.dirname, '../..');
const FILES = readdirSync(join(ROOT, 'migrations')).filter((name) => name.endsWith('.ts'));
const PROGRAM = join(ROOT, 'test/support/schema.mjs');

/** Applies each piece of work to a database, in order: a key of WORKS in schema.mjs, or an SQL statement. */
async function work(url: string, ...works: string[]): Promise<unknown[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, url, ...works]);
  return JSON.parse(stdout) as unknown[];
}

/** Does the same on an empty database, which is dropped afterwards. */
async function workOnEmptyDatabase(...works: string[]): Promise<unknown[]> {
  const name = `test_empty_${randomUUID().replaceAll('-', '')}`;
  await query(`create database "${name}"`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  try {
    return await work(url.href, ...works);
  } finally {
    await query(`drop database "${name}" with (force)`);
  }
}

const OURS = `
  select 'table ' || c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  union all select 'function ' || proname from pg_proc where pronamespace = 'public'::regnamespace
  union all select 'type ' || typname from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e'
  order by name`;

/** Schema changes without a migration, and what the comparison must report for each. */
const DRIFTS: Record<string, string> = {
  'alter table posts add column mood text': 'DROP COLUMN "mood"',
  'alter table sessions drop column rotated_at': 'ADD "rotated_at" TIMESTAMP(3) WITH TIME ZONE',
  'alter table items alter column price_cents type bigint': 'ADD "price_cents" integer NOT NULL',
  'alter table items alter column name drop not null': 'ALTER COLUMN "name" SET NOT NULL',
  'create index posts_title_idx on posts (title)': 'DROP INDEX "public"."posts_title_idx"',
  'alter table users drop constraint users_email_key': 'UNIQUE ("email")',
  'alter table orders drop constraint orders_item_id_fkey': 'ADD CONSTRAINT "orders_item_id_fkey"',
};

describe('entities and migrations', () => {
  it('describe the same schema', async () => {
    expect(await work(databaseUrl, 'drift')).toEqual([{ up: [], down: [] }]);
  });

  it('differ once the schema has been changed by hand', async () => {
    const given = await workOnEmptyDatabase('migrate', ...Object.keys(DRIFTS), 'drift');
    const { up } = given.at(-1) as { up: string[] };
    for (const told of Object.values(DRIFTS)) expect(up.join('\n')).toContain(told);
  });
});

describe('the migrations', () => {
  it('are named after unique timestamps', () => {
    const times = FILES.map((name) => /^(\d{13})-[a-z\d-]+\.ts$/.exec(name)?.[1]);
    expect(times).not.toContain(undefined);
    expect(new Set(times).size).toBe(FILES.length);
  });

  it('can be reverted without leaving anything behind, and applied again', async () => {
    const [names, full, undone, empty, again, same] = await workOnEmptyDatabase(
      'migrate',
      OURS,
      'revertAll',
      OURS,
      'migrate',
      OURS,
    );
    expect(names).toHaveLength(FILES.length);
    expect(undone).toBe(FILES.length);
    expect(empty).toEqual([{ name: 'table migrations' }]);
    expect([again, same]).toEqual([names, full]);
  });

  it('report what an administrator must do if the role may not create an extension', async () => {
    const database = await ownDatabase({ empty: true });
    const name = `test_guest_${randomUUID().replaceAll('-', '')}`;
    await database.query(`create role "${name}" login password 'guest'`);
    await database.query(`grant all on schema public to "${name}"`);
    const guest = Object.assign(new URL(database.url), { username: name, password: 'guest' });
    try {
      await expect(work(guest.href, 'migrate')).rejects.toThrow(
        `OperatorError: Searching needs PostgreSQL's extension pg_trgm: let an administrator run "create extension pg_trgm" in this database once. It says: permission denied`,
      );
      await database.query('create extension pg_trgm');
      expect(await work(guest.href, 'migrate')).toEqual([expect.arrayContaining([expect.stringMatching(/^Search/)])]);
    } finally {
      await database.query(`drop owned by "${name}"; drop role "${name}"`);
    }
  });

  it('are applied once by four processes that start at the same time', async () => {
    const [done, more, applied, queue] = await workOnEmptyDatabase(
      'prepareFourTimesAtOnce',
      'migrate',
      'select distinct name from migrations',
      `select nspname from pg_namespace where nspname = 'pgboss'`,
    );
    expect([done, more]).toEqual([['done', 'done', 'done', 'done'], []]);
    expect(applied).toHaveLength(FILES.length);
    expect(queue).toHaveLength(1);
  });
});

describe('the audit trail', () => {
  it.each([`update audit_events set action = 'x'`, 'delete from audit_events', 'truncate audit_events'])(
    'is append-only: %s',
    async (statement) => {
      await query(`insert into audit_events (action, subject) values ('a', 'users/1')`);
      await expect(query(statement)).rejects.toThrow('the audit trail is only ever added to');
    },
  );
});
