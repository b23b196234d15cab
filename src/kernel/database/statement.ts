import { QueryFailedError, type EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { ClientBase, FieldDef, Pool, QueryArrayConfig, QueryArrayResult } from 'pg';
import { currentExchange } from '../http/exchange.js';

/** What a statement gave: rows as lists of values, in the order of the fields. */
export interface Rows {
  readonly fields: readonly FieldDef[];
  readonly rows: readonly unknown[][];
}

/** Texts come from the code alone, so there are only so many. */
const names = new Map<string, string>();

/**
 * Runs a statement of fixed text with these parameters, on the manager's transaction or on any connection. It is a named
 * prepared statement: PostgreSQL parses it once per connection. A reading one may go to a replica. Throws TypeORM's
 * QueryFailedError, without the parameters, which may be secret.
 */
export async function execute(db: EntityManager, text: string, values: unknown[], readOnly = false): Promise<Rows> {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `aerie_${names.size}`));
  const statement = { name, text, values, rowMode: 'array' as const };
  try {
    return await (db.queryRunner ? onConnection(db, statement) : onPool(db, statement, readOnly));
  } catch (error) {
    throw new QueryFailedError(text, undefined, error as Error);
  }
}

async function onConnection({ queryRunner }: EntityManager, statement: QueryArrayConfig): Promise<QueryArrayResult> {
  const client = (await queryRunner!.connect()) as ClientBase;
  return client.query(statement);
}

async function onPool(db: EntityManager, statement: QueryArrayConfig, readOnly: boolean): Promise<QueryArrayResult> {
  const { master, slaves } = db.dataSource.driver as PostgresDriver as { master: Pool; slaves: Pool[] };
  const replica = readOnly && slaves.length > 0 ? slaves[Math.floor(Math.random() * slaves.length)]! : master;
  const exchange = currentExchange();
  const began = performance.now();
  try {
    return await replica.query(statement);
  } finally {
    if (exchange) exchange.database_ms += performance.now() - began;
  }
}
