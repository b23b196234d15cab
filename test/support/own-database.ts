import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A database for programs under test, which are its only users. */
export interface OwnDatabase {
  readonly url: string;
  readonly query: <T extends object>(text: string, values?: unknown[]) => Promise<T[]>;
  /** Keeps every write to the table waiting, its request in flight, until the function that comes back is called. */
  readonly hold: (table: string) => Promise<() => Promise<void>>;
}

const opened: { pool: pg.Pool; name: string }[] = [];

/** A new database on the server of this test run: with the schema in it, or empty, and made as PostgreSQL is told. */
export async function ownDatabase({ empty = false, as = '' } = {}): Promise<OwnDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(`create database "${name}"${empty ? '' : ` template "${process.env['TEST_TEMPLATE']}"`} ${as}`);
  const url = new URL(process.env['TEST_ADMIN_URL'] ?? '');
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 3 });
  pool.on('error', () => {}); // the database is dropped in the end
  opened.push({ pool, name });
  const query = async <T extends object>(text: string, values: unknown[] = []) =>
    (await pool.query<T>(text, values)).rows;
  return { url: url.href, query, hold: (table) => hold(url.href, table) };
}

export const nameOf = ({ url }: OwnDatabase): string => new URL(url).pathname.slice(1);

/** Sets them for the database and for its user. */
export async function setAll(database: OwnDatabase, settings: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await asAdmin(`alter database "${nameOf(database)}" set ${name} = '${value}'`);
    await asAdmin(`alter role current_user in database "${nameOf(database)}" set ${name} = '${value}'`);
  }
}

async function hold(url: string, table: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // a test that failed lets go of it only when the database is dropped
  await client.connect();
  await client.query(`begin; lock table ${table} in exclusive mode`);
  return () => client.end();
}

/** On another database of the same server. */
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
