import { randomUUID } from 'node:crypto';
import { callbackify } from 'node:util';
import pg from 'pg';
import type { PooledClient } from './pooled-client.js';
import { transactionSettings, type Settings } from './session-settings.js';
import { renewedStatement, type NamedStatement } from './stale-statements.js';

/*
 * Support for poolers such as PgBouncer. In transaction mode a pooler may change the server connection after each
 * transaction, so settings and prepared statements of the session are lost. A client cannot see the mode, so Aerie does
 * not rely on the session behind any pooler.
 */

type Query = (...args: unknown[]) => unknown;
type Callback = (error: unknown, result?: unknown) => void;

/** A statement with pg's time limit, since it bypasses that of PooledClient. */
interface TimedQuery {
  readonly text: string;
  readonly query_timeout: number;
}

/**
 * Whether the pooler supports named prepared statements (PgBouncer: `max_prepared_statements`). Such a pooler renames
 * them, so PostgreSQL does not know our name.
 */
export async function supportsNamedStatements(client: pg.ClientBase): Promise<boolean> {
  const name = `aerie_${randomUUID().replaceAll('-', '')}`;
  await client.query('begin');
  await client.query({ name, text: 'select 1' });
  const { rowCount } = await client.query('select from pg_prepared_statements where name = $1', [name]);
  if (rowCount !== 0) await client.query(`deallocate ${name}`);
  await client.query('rollback');
  return rowCount === 0;
}

const BEGINS = /^(?:start transaction|begin)\b/i;
const ENDS = /^(?:commit|rollback)$/i;

/**
 * Makes each transaction of this connection begin with the settings. Runs each other statement in its own transaction;
 * in pipeline mode, all of it is sent at once. Without `named`, statements get no names.
 */
export async function applySettingsPerTransaction(client: pg.ClientBase, own: Settings, named: boolean): Promise<void> {
  const settings = await transactionSettings(client, own);
  const send = client.query.bind(client) as Query;
  const { pipeline, queryTimeout: query_timeout } = client as PooledClient;
  const sendDirectly = pg.Client.prototype.query.bind(client) as (query: TimedQuery) => Promise<unknown>;
  const plain = (text: string) => sendDirectly({ text, query_timeout });
  let isOpen = false;
  const begin = async (args: unknown[]) => {
    const begun = send(...args) as Promise<unknown>;
    if (!pipeline) await begun;
    plain(settings).catch(() => {}); // the next statement of the transaction fails, too
    return begun;
  };
  const runInOwnTransaction = (args: unknown[]) => {
    const begun = plain(`start transaction; ${settings}`);
    const answer = send(...args) as Promise<unknown>;
    return Promise.all([begun, answer, plain('commit')]).then(([, result]) => result);
  };
  const query: Query = (...args) => {
    if (isNamed(args[0])) args[0] = named ? renewedStatement(args[0]) : withoutName(args[0]);
    const text = sqlUnlessCopy(args[0]);
    if (settings === '' || text === undefined) return send(...args);
    if (BEGINS.test(text)) {
      isOpen = true;
      return withCallback(args, begin);
    }
    const inside = isOpen;
    if (ENDS.test(text)) isOpen = false;
    return inside ? send(...args) : withCallback(args, runInOwnTransaction);
  };
  client.query = query as typeof client.query;
}

/** The text of a statement; undefined for a COPY, which is always in a transaction. */
function sqlUnlessCopy(query: unknown): string | undefined {
  if (typeof query === 'string') return query;
  const { text, submit } = query as { text: string; submit?: unknown };
  return submit === undefined ? text : undefined;
}

function isNamed(query: unknown): query is NamedStatement {
  if (typeof query !== 'object' || query === null || 'submit' in query) return false;
  return (query as Partial<NamedStatement>).name !== undefined;
}

function withoutName(query: NamedStatement): object {
  return Object.assign(Object.create(query) as object, { name: undefined }); // its properties are inherited (statement.ts)
}

/** Supports the callbacks of pg-pool. */
function withCallback(args: unknown[], work: (args: unknown[]) => Promise<unknown>): unknown {
  if (typeof args.at(-1) !== 'function') return work(args);
  const callback = args.pop() as Callback;
  callbackify(work)(args, callback);
  return undefined;
}
