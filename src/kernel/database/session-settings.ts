import type { Client, ClientBase } from 'pg';

// PostgreSQL settings that every connection sets when it is opened.

/** PostgreSQL settings by name. */
export type Settings = Readonly<Record<string, string | number>>;

/**
 * Settings that affect the format of values or the meaning of statements. The server, the database or the role may have
 * other defaults (`alter database … set datestyle = 'German'`), so every connection sets them. They are not sent as
 * start-up parameters, since poolers reject unknown ones.
 */
const REQUIRED_SETTINGS: Settings = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: 1,
  xmloption: 'content',
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  gin_fuzzy_search_limit: 0,
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
};

/** Selects the schemas that contain Aerie's tables. */
export const SELECT_AERIE_SCHEMAS = `select n.nspname::text as home from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.proname = 'count_version'
    and exists (select from pg_class where relnamespace = n.oid and relname = 'migrations')`;

/**
 * Skips settings that the server does not have: `transaction_timeout` is new in PostgreSQL 17. Behind a pooler, which
 * reports another process id ($4), the connection's own settings ($3) are omitted, since the session is shared. The
 * schema with the tables becomes the first one of the search path, unless several schemas have such tables. It was the
 * first one at startup (server-check.ts), but the path may change while Aerie runs.
 */
const SET = `select set_config(name, value, false), pg_backend_pid() as pid
    from unnest($1::text[], $2::text[], $3::boolean[]) as wanted (name, value, is_own)
    where current_setting(name, true) is not null and (not is_own or coalesce($4, pg_backend_pid()) = pg_backend_pid())
  union all
  select set_config('search_path', concat_ws(', ', quote_ident(min(home)), nullif(current_setting('search_path'), '')), false),
    pg_backend_pid()
    from (${SELECT_AERIE_SCHEMAS}) as homes having count(*) = 1 and min(home) is distinct from current_schema()::text`;

/**
 * Settings that the server may refuse: only superusers may set the language of messages, and some operating systems
 * cannot check whether a client is still connected. Nothing depends on them.
 */
const SET_OPTIONAL = `do $$ declare
  wanted text[];
begin
  foreach wanted slice 1 in array array[['lc_messages', 'C'], ['client_connection_check_interval', '5000']] loop
    begin
      perform set_config(wanted[1], wanted[2], false);
    exception when others then
    end;
  end loop;
end $$`;

/**
 * Selects the settings that a transaction needs if sessions are shared: those that differ from the server's defaults.
 */
const SELECT_MISSING = `select name, value from unnest($1::text[], $2::text[]) as wanted (name, value) join pg_settings using (name)
  where value <> reset_val`;

/** Sets up a new connection of a pool. Returns whether there is a pooler, in which case `own` is not set. */
export async function applyPoolSettings(client: ClientBase, own: Settings): Promise<boolean> {
  const reported = processIdOf(client);
  return (await applySessionSettings(client, own, reported)) !== reported;
}

/** The process id that the server, or the pooler, reported when the connection was opened. */
export function processIdOf(client: ClientBase): number {
  return (client as unknown as { processID: number }).processID;
}

/**
 * Sets up a new connection with the required settings and `own`. Returns the process id of the server's connection. If
 * `reported` is another one, `own` is not set.
 */
export async function applySessionSettings(client: ClientBase, own: Settings = {}, reported?: number): Promise<number> {
  const settings = Object.entries({ ...REQUIRED_SETTINGS, ...own });
  const names = settings.map(([name]) => name);
  const values = settings.map(([, value]) => String(value));
  const areOwn = names.map((name) => name in own);
  const { rows } = await client.query<{ pid: number }>(SET, [names, values, areOwn, reported]);
  await client.query(SET_OPTIONAL);
  return rows[0]!.pid;
}

/**
 * Returns the statements that set up a transaction as applySessionSettings sets up a session; empty if nothing is
 * missing.
 */
export async function transactionSettings(client: ClientBase, own: Settings): Promise<string> {
  const settings = { ...REQUIRED_SETTINGS, ...own };
  const values = [Object.keys(settings), Object.values(settings).map(String)];
  const { rows } = await client.query<{ name: string; value: string }>(SELECT_MISSING, values);
  const isolation = rows.some(({ name }) => name.startsWith('default_transaction_'))
    ? ['set transaction isolation level read committed, not deferrable']
    : [];
  return [...isolation, ...rows.map(({ name, value }) => `set local ${name} = '${value}'`)].join('; ');
}

/** How long to wait for a connection outside of a pool, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 5000;

/** Connects a client that is not in a pool. Its session settings are those of the database. */
export async function connectClient(client: Client): Promise<void> {
  client.on('error', () => {}); // the pending statement reports it
  await client.connect();
}

/** Connects and sets up a client that is not in a pool. */
export async function openClient(client: Client, own?: Settings): Promise<void> {
  await connectClient(client);
  try {
    await applySessionSettings(client, own);
  } catch (error) {
    await client.end();
    throw error;
  }
}
