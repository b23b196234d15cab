import { createHash } from 'node:crypto';
import { QueryFailedError, type EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { ClientBase, QueryArrayConfig, QueryArrayResult } from 'pg';
import { assertInTime } from '../context/request-context.js';
import { timed } from './database-time.js';
import type { Pool } from './pool.js';
import { replicaAtHand } from './replica-at-hand.js';
import { isStale } from './stale-statements.js';
import { runnerAtHand } from './transaction-at-hand.js';

/** What a statement gave: rows as lists of values, in the order of the fields. */
export type Rows = Pick<QueryArrayResult<unknown[]>, 'fields' | 'rows'>;

/** How a statement is run. */
export interface Manner {
  /** A replica may answer it. */
  readonly readOnly?: boolean;
  /** Of one row: that there is none counts only when the primary says it. A replica may not have it yet. */
  readonly single?: boolean;
  /** Not prepared by name: PostgreSQL parses it each time, and plans it for these very values. */
  readonly plannedAnew?: boolean;
}

const MAX_RETRIES = 3;

/** What pg is told of each prepared statement, by text. Texts come only from the code, so their number is limited. */
const prepared = new Map<string, Omit<QueryArrayConfig, 'values'>>();

/**
 * Runs a statement of fixed text with these parameters: on the manager's transaction, on the one at hand, or on any
 * connection. It is a named prepared statement: PostgreSQL parses it once per connection, and plans it once when that is
 * no worse. Throws TypeORM's QueryFailedError, without the parameters, which may be secret.
 */
export async function execute(
  db: EntityManager,
  text: string,
  values: unknown[],
  { readOnly = false, single = false, plannedAnew = false }: Manner = {},
): Promise<Rows> {
  assertInTime();
  const query: QueryArrayConfig = plannedAnew ? { text, values, rowMode: 'array' } : named(text, values);
  const runner = db.queryRunner ?? runnerAtHand(db.dataSource);
  const offered = readOnly && !runner ? replicaAtHand() : undefined;
  const replica = offered && (await offered);
  try {
    if (runner) return await ((await runner.connect()) as ClientBase).query<unknown[]>(query);
    const answer = replica && (await timed(replica.ask(query)));
    if (answer !== undefined && !(single && answer.rows.length === 0)) return answer;
    return await timed(onPool((db.dataSource.driver as PostgresDriver).master as Pool, query));
  } catch (error) {
    throw new QueryFailedError(text, undefined, error as Error);
  }
}

/** All but the values is inherited: pg copies a query's own properties, which costs as much as building the message. */
function named(text: string, values: unknown[]): QueryArrayConfig {
  let statement = prepared.get(text);
  if (statement === undefined) prepared.set(text, (statement = { text, name: nameOf(text), rowMode: 'array' }));
  const query = Object.create(statement) as QueryArrayConfig;
  query.values = values;
  return query;
}

/** A hash of the text: behind a pooler, processes of two releases share connections and must not share names. */
function nameOf(text: string): string {
  return `aerie_${createHash('sha256').update(text).digest('base64url')}`;
}

/** On any connection, and again on a new one if the prepared statement was stale. */
async function onPool(pool: Pool, query: QueryArrayConfig): Promise<Rows> {
  for (let retries = 0; ; retries++) {
    try {
      return await pool.run(query);
    } catch (error) {
      if (retries === MAX_RETRIES || !isStale(error)) throw error;
    }
  }
}
