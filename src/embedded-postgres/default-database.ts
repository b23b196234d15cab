import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_DATABASE, PORT, SUPERUSER, type Layout } from './layout.js';

const TIMEOUT_MS = 60_000;
const NOT_YET = new Set(['57P03', 'ECONNREFUSED', 'ENOENT']); // recovering from a crash, or its socket is not there yet

const WRONG_PASSWORD = '28P01';

/** Proves that the server serves with this password, and creates the application's database where it is missing. */
export async function ensureDefaultDatabase(layout: Layout, password: string): Promise<void> {
  const { default: pg } = await import('pg'); // loaded while the server starts
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client({ host: layout.sockets, port: PORT, user: SUPERUSER, password, database: 'postgres' });
    client.on('error', () => {}); // a lost connection also rejects what waits for it
    try {
      await client.connect();
      const found = await client.query('select from pg_database where datname = $1', [DEFAULT_DATABASE]);
      if (found.rowCount === 0) await client.query(`create database ${DEFAULT_DATABASE}`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code === WRONG_PASSWORD) throw refusal(layout, error);
      if (!NOT_YET.has((error as { code?: string }).code ?? '') || Date.now() > deadline) throw error;
      await sleep(20);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function refusal({ password }: Layout, cause: unknown): Error {
  return new Error(`The database refuses the password in ${password}: restore the original file.`, {
    cause,
  });
}
