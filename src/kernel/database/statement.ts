import { QueryFailedError, type EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { ClientBase, FieldDef, Pool, QueryArrayConfig, QueryArrayResult } from 'pg';
import { assertInTime } from '../http/deadline.js';
import { timed } from './database-time.js';

/** What a statement gave: rows as lists of values, in the order of the fields. */
export interface Rows {
  readonly fields: readonly FieldDef[];
  readonly rows: readonly unknown[][];
}

/** How a statement is run. */
export interface Manner {
  /** It may go to a replica. */
  readonly readOnly?: boolean;
  /** Not prepared by name: PostgreSQL parses it each time, and plans it for these very values. */
  readonly plannedAnew?: boolean;
}

/** Texts come from the code alone, so there are only so many. */
const names = new Map<string, string>();

/**
 * Runs a statement of fixed text with these parameters, on the manager's transaction or on any connection. It is a named
 * prepared statement: PostgreSQL parses it once per connection, and plans it once when that is no worse. Throws
 * TypeORM's QueryFailedError, without the parameters, which may be secret.
 */
export async function execute(
  db: EntityManager,
  text: string,
  values: unknown[],
  { readOnly = false, plannedAnew = false }: Manner = {},
): Promise<Rows> {
  assertInTime();
  const statement = { ...(plannedAnew ? {} : { name: nameOf(text) }), text, values, rowMode: 'array' as const };
  try {
    return await (db.queryRunner ? onConnection(db, statement) : onPool(db, statement, readOnly));
  } catch (error) {
    throw new QueryFailedError(text, undefined, error as Error);
  }
}

function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `aerie_${names.size}`));
  return name;
}

async function onConnection({ queryRunner }: EntityManager, statement: QueryArrayConfig): Promise<QueryArrayResult> {
  const client = (await queryRunner!.connect()) as ClientBase;
  return client.query(statement);
}

async function onPool(db: EntityManager, statement: QueryArrayConfig, readOnly: boolean): Promise<QueryArrayResult> {
  const { master, slaves } = db.dataSource.driver as PostgresDriver as { master: Pool; slaves: Pool[] };
  const replica = readOnly && slaves.length > 0 ? slaves[Math.floor(Math.random() * slaves.length)]! : master;
  return timed(replica.query(statement));
}
