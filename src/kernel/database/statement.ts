import { QueryFailedError, type EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { ClientBase } from 'pg';
import { currentContext } from '../context/request-context.js';
import { statementBegins, statementEnds } from './database-time.js';
import type { Pool } from './pool.js';
import { PreparedQuery, Statement, type Rows } from './prepared-query.js';
import { leaveReadOnly } from './timed-client.js';
import { runnerAtHand } from './transaction-at-hand.js';

export type { Rows };

/** How a statement is run. */
export interface Manner {
  /** It may go to a replica. */
  readonly readOnly?: boolean;
  /** Not prepared by name: PostgreSQL parses it each time, and plans it for these very values. */
  readonly plannedAnew?: boolean;
}

/** Texts come from the code alone, so there are only so many. */
const prepared = new Map<string, Statement>();

/**
 * Runs a statement of fixed text with these parameters: on the manager's transaction, on the one at hand, or on any
 * connection. It is a named prepared statement: PostgreSQL parses it once per connection, and plans it once when that is
 * no worse. Throws TypeORM's QueryFailedError, without the parameters, which may be secret.
 */
export async function execute(
  db: EntityManager,
  text: string,
  values: unknown[],
  { readOnly = false, plannedAnew = false }: Manner = {},
): Promise<Rows> {
  const context = currentContext();
  if (context?.timedOut) throw context.timedOut;
  const statement = plannedAnew ? new Statement(text, '') : statementOf(text);
  const runner = db.queryRunner ?? runnerAtHand(db.dataSource);
  if (context) statementBegins(context);
  try {
    const client = runner && ((await runner.connect()) as ClientBase);
    const rows = await (client
      ? onConnection(client, statement, values)
      : onPool(poolOf(db, readOnly), statement, values));
    return { fields: statement.fields, rows };
  } catch (error) {
    throw new QueryFailedError(text, undefined, error as Error);
  } finally {
    if (context) statementEnds(context);
  }
}

function statementOf(text: string): Statement {
  let statement = prepared.get(text);
  if (statement === undefined) prepared.set(text, (statement = new Statement(text, `aerie_${prepared.size}`)));
  return statement;
}

function onConnection(client: ClientBase, statement: Statement, values: unknown[]): Promise<unknown[][]> {
  return new Promise((resolve, reject) => {
    const ended = (error: Error | undefined, rows: unknown[][]) => {
      if (error === undefined) return resolve(rows);
      leaveReadOnly(client, error);
      reject(error);
    };
    client.query(new PreparedQuery(statement, values, ended));
  });
}

function onPool(pool: Pool, statement: Statement, values: unknown[]): Promise<unknown[][]> {
  return new Promise((resolve, reject) => {
    pool.connect((unavailable, client, release) => {
      if (!client) return reject(unavailable!);
      const ended = (error: Error | undefined, rows: unknown[][]) => {
        release(error);
        if (error) reject(error);
        else resolve(rows);
      };
      client.query(new PreparedQuery(statement, values, ended));
    });
  });
}

function poolOf(db: EntityManager, readOnly: boolean): Pool {
  const { master, slaves } = db.dataSource.driver as PostgresDriver as { master: Pool; slaves: Pool[] };
  return readOnly && slaves.length > 0 ? slaves[Math.floor(Math.random() * slaves.length)]! : master;
}
