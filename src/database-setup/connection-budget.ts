import { availableParallelism } from 'node:os';
import type { ClientBase } from 'pg';
import type { Config } from '../config/config.js';
import { OperatorError } from '../config/operator-error.js';

// Checks that PostgreSQL's max_connections suffices for all processes and their pools.

/**
 * Connections that each process opens in addition to the request pool. The job queue: a pool of three and a listener.
 */
const QUEUE = 4;
const EXPORTS = 5;
const REPORTS = Math.max(1, availableParallelism() - 1);
/** Connections left free for commands and for administrators. */
const RESERVE = 5;

const FREE = `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
  - coalesce(current_setting('reserved_connections', true), '0')::int as free`;

/**
 * Checks when a server or a worker starts that PostgreSQL accepts as many connections as all processes together may
 * open. Otherwise connections would be refused under the heaviest load. Throws an OperatorError in production and prints
 * a warning elsewhere.
 */
export async function checkConnectionBudget(config: Config, client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ free: number }>(FREE);
  const problem = connectionProblem(config, rows[0]!.free);
  if (problem === undefined) return;
  if (config.production) throw new OperatorError(problem);
  process.stderr.write(`WARNING: ${problem}\n`);
}

/** A message for the operator if the processes may open more than `free` connections; otherwise undefined. */
export function connectionProblem(config: Config, free: number): string | undefined {
  const { INSTANCES, WORKERS, DATABASE_DIRECT_URL, DATABASE_POOL_SIZE, DATABASE_POOL_OVERFLOW, DATABASE_REPLICA_URLS } =
    config.values;
  const probe = DATABASE_REPLICA_URLS.length > 0 ? 1 : 0;
  const pooled = DATABASE_POOL_SIZE + DATABASE_POOL_OVERFLOW + EXPORTS + REPORTS + probe;
  const perProcess = QUEUE + (DATABASE_DIRECT_URL === undefined ? pooled : 0); // a pooler shares its connections
  const processes = INSTANCES * WORKERS;
  const needed = processes * perProcess + RESERVE;
  if (needed <= free) return undefined;
  const more = `raise its max_connections by ${needed - free}`;
  return `${processes} process(es) may open ${needed} database connections, but the server allows ${free}: ${more}, or lower ${INSTANCES > 1 ? 'INSTANCES, ' : ''}WORKERS, DATABASE_POOL_SIZE or DATABASE_POOL_OVERFLOW`;
}
