import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A database for programs under test, which are its only clients. */
export interface OwnDatabase {
  readonly url: string;
  readonly query: <T extends object>(text: string, values?: unknown[]) => Promise<T[]>;
  /** Blocks all writes to the table, so that their requests stay in flight, until the returned function is called. */
  readonly hold: (table: string) => Promise<() => Promise<void>>;
}

const opened: { pool: pg.Pool; name: string }[] = [];

/**
 * Creates a database on the server of this test run: with the schema, or empty. `as` adds options to `create database`.
 */
export async function ownDatabase({ empty = false, as = '' } = {}): Promise<OwnDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(`create database "${name}"${empty ? '' : ` template "${process.env['TEST_TEMPLATE']}"`} ${as}`);
  const url = new URL(process.env['TEST_ADMIN_URL'] ?? '');
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 3 });
  pool.on('error', () => {}); // dropping the database ends its connections
  opened.push({ pool, name });
  const query = async <T extends object>(text: string, values: unknown[] = []) =>
    (await pool.query<T>(text, values)).rows;
  return { url: url.href, query, hold: (table) => hold(url.href, table) };
}

export const nameOf = ({ url }: OwnDatabase): string => new URL(url).pathname.slice(1);

/** Sets these for the database and for its user. */
export async function setAll(database: OwnDatabase, settings: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await asAdmin(`alter database "${nameOf(database)}" set ${name} = '${value}'`);
    await asAdmin(`alter role current_user in database "${nameOf(database)}" set ${name} = '${value}'`);
  }
}

async function hold(url: string, table: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // after a failed test, dropping the database ends this
  await client.connect();
  await client.query(`begin; lock table ${table} in exclusive mode`);
  return () => client.end();
}

/** Runs a statement as the admin of the server, in another database. */
export async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: process.env['TEST_ADMIN_URL'] });
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}

afterAll(async () => {
  for (const { pool, name } of opened.splice(0)) {
    await asAdmin(`drop database "${name}" with (force)`);
    await pool.end();
  }
});
