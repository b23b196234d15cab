import { createHash } from 'node:crypto';
import { QueryFailedError, type EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type pg from 'pg';
import type { ClientBase, QueryArrayConfig, QueryArrayResult } from 'pg';
import { assertInTime } from '../context/request-context.js';
import { trackDatabaseTime } from './request-database-time.js';
import { Pool } from './pool.js';
import { requestReplica } from './request-replica.js';
import { isStale } from './stale-statements.js';
import { currentQueryRunner } from './current-transaction.js';

// Runs SQL statements as prepared statements.

/** The result of a statement. Each row is an array of values in the order of `fields`. */
export type Rows = Pick<QueryArrayResult<unknown[]>, 'fields' | 'rows'>;

/** Options of `execute`. */
export interface ExecuteOptions {
  /** Whether a replica may run it. */
  readonly readOnly?: boolean;
  /** The statement selects one row: if a replica does not have it, the primary is asked, since the row may be too new. */
  readonly singleRow?: boolean;
  /** Run as an unnamed statement: PostgreSQL parses it each time, and plans it for its values. */
  readonly customPlan?: boolean;
}

const MAX_RETRIES = 3;

/** Prepared statements by SQL text. Texts come only from the code, so their number is limited. */
const prepared = new Map<string, Omit<QueryArrayConfig, 'values'>>();

/**
 * Runs an SQL statement with these parameters in the manager's transaction, in the current transaction, or on any
 * connection. It is a named prepared statement, which PostgreSQL parses once per connection; `text` must be constant.
 * Throws TypeORM's QueryFailedError without the parameters, which may be secret.
 */
export async function execute(
  db: EntityManager,
  text: string,
  values: unknown[],
  { readOnly = false, singleRow = false, customPlan = false }: ExecuteOptions = {},
): Promise<Rows> {
  assertInTime();
  const query: QueryArrayConfig = customPlan ? { text, values, rowMode: 'array' } : preparedQuery(text, values);
  const runner = db.queryRunner ?? currentQueryRunner(db.dataSource);
  const finding = readOnly && !runner ? requestReplica() : undefined;
  const replica = finding && (await finding);
  try {
    if (runner) return await ((await runner.connect()) as ClientBase).query<unknown[]>(query);
    const result = replica && (await trackDatabaseTime(replica.query(query)));
    if (result !== undefined && !(singleRow && result.rows.length === 0)) return result;
    return await trackDatabaseTime(runOnPool((db.dataSource.driver as PostgresDriver).master as pg.Pool, query));
  } catch (error) {
    throw new QueryFailedError(text, undefined, error as Error);
  }
}

/**
 * The query object. Everything but `values` is on its prototype: pg copies own properties, which costs as much as building the
 * message.
 */
function preparedQuery(text: string, values: unknown[]): QueryArrayConfig {
  let statement = prepared.get(text);
  if (statement === undefined) prepared.set(text, (statement = { text, name: nameOf(text), rowMode: 'array' }));
  const query = Object.create(statement) as QueryArrayConfig;
  query.values = values;
  return query;
}

/**
 * The statement name: a hash of the text. Behind a pooler, processes of two releases share connections, so names must differ
 * if texts do.
 */
function nameOf(text: string): string {
  return `aerie_${createHash('sha256').update(text).digest('base64url')}`;
}

/** Runs the query on any connection, and again on a new one if the prepared statement was stale. */
async function runOnPool(pool: pg.Pool, query: QueryArrayConfig): Promise<Rows> {
  for (let retries = 0; ; retries++) {
    try {
      return await (pool instanceof Pool ? pool.run(query) : pool.query<unknown[]>(query)); // a data source may have pg's own
    } catch (error) {
      if (retries === MAX_RETRIES || !isStale(error)) throw error;
    }
  }
}
