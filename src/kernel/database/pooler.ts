import { randomUUID } from 'node:crypto';
import { callbackify } from 'node:util';
import pg from 'pg';
import { processIdOf, transactionSettings, type Settings } from './session-settings.js';

/*
 * Connections by way of a pooler such as PgBouncer. In transaction mode the server's connection is another one for each
 * transaction: nothing that belongs to a session is there the next time, neither settings nor prepared statements. Since a
 * client cannot see the mode, nothing is left to the session behind any pooler.
 */

type Query = (...args: unknown[]) => unknown;
type Callback = (error: unknown, result?: unknown) => void;

/** A pooler tells its clients a process id of its own making. */
export async function isPooled(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return processIdOf(client) !== rows[0]!.pid;
}

/** Whether it knows prepared statements by their names: PgBouncer's `max_prepared_statements`. It then gives them other names. */
export async function keepsStatements(client: pg.ClientBase): Promise<boolean> {
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
 * From now on each transaction of this connection begins with the settings, and a statement outside of one gets one: in pipeline
 * mode all of it is sent at once, and answered in the time of the statement. Without `named`, statements are not prepared by name.
 */
export async function setTransactions(client: pg.ClientBase, own: Settings, named: boolean): Promise<void> {
  const settings = await transactionSettings(client, own);
  const send = client.query.bind(client) as Query;
  const plain = pg.Client.prototype.query.bind(client) as (text: string) => Promise<unknown>;
  const { pipeline } = client as pg.Client;
  let isOpen = false;
  const begin = async (args: unknown[]) => {
    const begun = send(...args) as Promise<unknown>;
    if (!pipeline) await begun;
    plain(settings).catch(() => {}); // what follows in this transaction fails as well
    return begun;
  };
  const single = (args: unknown[]) => {
    const begun = plain(`start transaction; ${settings}`);
    const answer = send(...args) as Promise<unknown>;
    return Promise.all([begun, answer, plain('commit')]).then(([, result]) => result);
  };
  const query: Query = (...args) => {
    if (!named) args[0] = withoutName(args[0]);
    const text = textOf(args[0]);
    if (settings === '' || text === undefined) return send(...args);
    if (BEGINS.test(text)) {
      isOpen = true;
      return withCallback(args, begin);
    }
    const inside = isOpen;
    if (ENDS.test(text)) isOpen = false;
    return inside ? send(...args) : withCallback(args, single);
  };
  client.query = query as typeof client.query;
}

/** Undefined for what is no statement of its own, such as a COPY: it is in a transaction anyway. */
function textOf(query: unknown): string | undefined {
  if (typeof query === 'string') return query;
  const { text, submit } = query as { text: string; submit?: unknown };
  return submit === undefined ? text : undefined;
}

function withoutName(query: unknown): unknown {
  const isNamed = typeof query === 'object' && query !== null && 'name' in query && !('submit' in query);
  return isNamed ? Object.assign(Object.create(query) as object, { name: undefined }) : query; // it inherits (statement.ts)
}

/** The pool asks by callbacks. */
function withCallback(args: unknown[], ask: (args: unknown[]) => Promise<unknown>): unknown {
  if (typeof args.at(-1) !== 'function') return ask(args);
  const callback = args.pop() as Callback;
  callbackify(ask)(args, callback);
  return undefined;
}
