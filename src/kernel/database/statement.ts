import { createHash } from 'node:crypto';
import { QueryFailedError, type EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type pg from 'pg';
import type { ClientBase } from 'pg';
import { assertInTime } from '../context/request-context.js';
import type { ArrayResult } from './array-query.js';
import { trackDatabaseTime } from './request-database-time.js';
import { Pool, type Statement } from './pool.js';
import { requestReplica } from './request-replica.js';
import { isStale } from './stale-statements.js';
import { currentQueryRunner } from './current-transaction.js';
import { assertUsable } from './transaction-scope.js';

// Runs SQL statements as prepared statements.

/** Options of `execute`. */
export interface ExecuteOptions {
  /** Whether a replica may run it. */
  readonly readOnly?: boolean;
  /**
   * Whether the statement selects one row. If a replica does not have the row, the primary is queried, since the row
   * may be new.
   */
  readonly singleRow?: boolean;
  /** Whether it runs as an unnamed statement: PostgreSQL parses it each time, and plans it for its values. */
  readonly customPlan?: boolean;
}

const MAX_RETRIES = 3;

/** Prepared statements by SQL text. Texts come only from the code, so their number is limited. */
const prepared = new Map<string, Statement>();

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
): Promise<ArrayResult> {
  assertInTime();
  const statement: Statement = customPlan ? { text, rowMode: 'array' } : preparedStatement(text);
  const runner = db.queryRunner ?? currentQueryRunner(db.dataSource);
  const finding = readOnly && !runner ? requestReplica() : undefined;
  const replica = finding && (await finding);
  try {
    if (runner) {
      assertUsable(runner);
      const client = (await runner.connect()) as ClientBase;
      assertUsable(runner);
      return await client.query<unknown[]>(statement, values);
    }
    const result = replica && (await trackDatabaseTime(replica.query(statement, values)));
    if (result !== undefined && !(singleRow && result.rows.length === 0)) return result;
    return await trackDatabaseTime(
      runOnPool((db.dataSource.driver as PostgresDriver).master as pg.Pool, statement, values),
    );
  } catch (error) {
    throw new QueryFailedError(text, undefined, error as Error);
  }
}

/**
 * Returns the statement for pg. All its properties are on its prototype: pg copies own properties at each call, which
 * takes as long as building the message.
 */
function preparedStatement(text: string): Statement {
  let statement = prepared.get(text);
  if (statement === undefined) {
    statement = Object.create({ text, name: nameOf(text), rowMode: 'array' } satisfies Statement) as Statement;
    prepared.set(text, statement);
  }
  return statement;
}

/**
 * The statement name: a hash of the text. Behind a pooler, processes of two releases share connections, so names must
 * differ if texts do.
 */
function nameOf(text: string): string {
  return `aerie_${createHash('sha256').update(text).digest('base64url')}`;
}

/** Runs the statement on any connection, and again on a new one if the prepared statement was stale. */
async function runOnPool(pool: pg.Pool, statement: Statement, values: unknown[]): Promise<ArrayResult> {
  for (let retries = 0; ; retries++) {
    try {
      // a data source may have a plain pg pool
      return await (pool instanceof Pool ? pool.run(statement, values) : pool.query<unknown[]>(statement, values));
    } catch (error) {
      if (retries === MAX_RETRIES || !isStale(error)) throw error;
    }
  }
}
