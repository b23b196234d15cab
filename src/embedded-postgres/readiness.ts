import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_DATABASE, PORT, SUPERUSER, type ServerPaths } from './server-paths.js';

const TIMEOUT_MS = 120_000; // recovery after a crash can take a while
const NOT_READY = new Set(['57P03', 'ECONNREFUSED', 'ENOENT']); // crash recovery, or the socket does not exist yet

const WRONG_PASSWORD = '28P01';

/**
 * Waits until the server answers a query with this password. Creates the application's database if it is missing.
 * Throws if the server refuses the password, or is not ready within 120 s.
 */
export async function untilReady(paths: ServerPaths, password: string): Promise<void> {
  const { default: pg } = await import('pg'); // loaded while the server starts
  const host = paths.socketDirectory;
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client({ host, port: PORT, user: SUPERUSER, password, database: 'postgres' });
    client.on('error', () => {}); // a lost connection also rejects the pending query
    try {
      await client.connect();
      const found = await client.query('select from pg_database where datname = $1', [DEFAULT_DATABASE]);
      if (found.rowCount === 0) await client.query(`create database ${DEFAULT_DATABASE}`);
      return;
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (code === WRONG_PASSWORD) throw wrongPassword(paths, error);
      if (!NOT_READY.has(code) || Date.now() > deadline) throw error;
      await sleep(20);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function wrongPassword({ passwordFile }: ServerPaths, cause: unknown): Error {
  return new Error(`The database refuses the password in ${passwordFile}: restore the original file.`, {
    cause,
  });
}
