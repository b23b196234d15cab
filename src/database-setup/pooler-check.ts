import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Config } from '../config/config.js';
import { OperatorError } from '../config/operator-error.js';
import { supportsNamedStatements } from '../kernel/database/pooler.js';
import { openClient, processIdOf } from '../kernel/database/session-settings.js';
import { createSetupClient } from './setup-connections.js';

// Checks that Aerie works behind the poolers that the database URLs lead to.

const ROUNDS = 10;
/** A setting that nothing else uses. */
const MARK = 'aerie.pooler_check';

const TRANSACTION_MODE =
  'points to a pooler that changes the connection after each transaction (pool_mode = transaction)';

/**
 * Checks the poolers of DATABASE_URL and DATABASE_DIRECT_URL, if there are any. `direct` is a connection to the latter.
 * Throws an OperatorError that names the wrong setting; settings that only make Aerie slower are warnings.
 */
export async function checkPoolers(config: Config, direct: pg.Client): Promise<void> {
  const isSplit = config.values.DATABASE_DIRECT_URL !== undefined;
  if ((await isPooled(direct)) && (await losesSessions(config.directUrl, direct))) {
    throw new OperatorError(
      isSplit
        ? `DATABASE_DIRECT_URL ${TRANSACTION_MODE}: set it to the address of the database itself`
        : `DATABASE_URL ${TRANSACTION_MODE}: set DATABASE_DIRECT_URL to the address of the database itself, for migrations, locks and the job queue`,
    );
  }
  const client = isSplit ? await connect(config.databaseUrl, 'DATABASE_URL') : direct;
  try {
    if (isSplit) await checkSame(client, direct);
    if (await isPooled(client)) await checkPooler(client);
  } finally {
    if (isSplit) await client.end();
  }
}

/** Returns whether there is a pooler, which reports its own process id. */
async function isPooled(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return processIdOf(client) !== rows[0]!.pid;
}

async function checkPooler(client: pg.Client): Promise<void> {
  try {
    if (await supportsNamedStatements(client)) return;
  } catch (error) {
    throw new OperatorError(
      `The pooler at DATABASE_URL does not support transactions (pool_mode = statement?): set pool_mode to transaction. Its error: ${(error as Error).message}`,
      { cause: error },
    );
  }
  const remedy =
    'with pool_mode = transaction, PgBouncer supports them from release 1.21 on if max_prepared_statements is not 0';
  process.stderr.write(
    `WARNING: The pooler at DATABASE_URL does not support prepared statements, so PostgreSQL parses and plans each statement again: ${remedy}\n`,
  );
}

/** Whether the pooler shares sessions. One connection sets a mark in its session, then both read it. */
async function losesSessions(url: string, one: pg.Client): Promise<boolean> {
  const other = await connect(url, 'DATABASE_URL');
  try {
    let mark = '';
    for (let round = 0; round < ROUNDS; round++) {
      if ((await markOf(one)) !== mark || (mark !== '' && (await markOf(other)) === mark)) return true;
      mark = randomUUID();
      await one.query(`select set_config('${MARK}', $1, false)`, [mark]);
      if ((await markOf(other)) === mark) return true;
    }
    return false;
  } finally {
    await one.query(`select set_config('${MARK}', '', false)`);
    await other.end();
  }
}

async function markOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ mark: string | null }>(`select current_setting('${MARK}', true) as mark`);
  return rows[0]!.mark ?? '';
}

/**
 * Checks that both clients are connected to the same database: one takes a lock, which the other must see. Throws an
 * OperatorError otherwise.
 */
async function checkSame(client: pg.Client, direct: pg.Client): Promise<void> {
  const key = Math.floor(Math.random() * 2 ** 31);
  await direct.query('begin');
  await direct.query('select pg_advisory_xact_lock(0, $1)', [key]);
  const { rowCount } = await client.query(
    `select from pg_locks where locktype = 'advisory' and granted and objsubid = 2 and classid = 0 and objid = $1
      and database = (select oid from pg_database where datname = current_database())`,
    [key],
  );
  await direct.query('rollback');
  if (rowCount === 0) throw new OperatorError('DATABASE_DIRECT_URL and DATABASE_URL point to different databases');
}

async function connect(connectionString: string, name: string): Promise<pg.Client> {
  const client = createSetupClient(connectionString);
  try {
    await openClient(client);
  } catch (error) {
    throw new OperatorError(`${name} cannot be used: ${(error as Error).message}`, { cause: error });
  }
  return client;
}
