import type { Client, ClientBase } from 'pg';

/** PostgreSQL settings by name. */
export type Settings = Readonly<Record<string, string | number>>;

/**
 * Settings that change the format of values or the meaning of statements. The server, the database or the role may have
 * other values (`alter database … set datestyle = 'German'`), so each connection sets its own. It does so after it was
 * opened: poolers refuse start-up parameters that they do not know.
 */
const REQUIRED: Settings = {
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

/**
 * Skips settings that the server does not have: `transaction_timeout` is new in PostgreSQL 17. Behind a pooler, which tells its
 * clients another process id ($4), those of the connection's own ($3) are left out: others get this session next.
 */
const SET = `select set_config(name, value, false), pg_backend_pid() as pid
  from unnest($1::text[], $2::text[], $3::boolean[]) as wanted (name, value, is_own)
  where current_setting(name, true) is not null and (not is_own or coalesce($4, pg_backend_pid()) = pg_backend_pid())`;

/** What has to be said in each transaction where sessions do not last: what the server would not have by itself. */
const WANTED = `select name, value from unnest($1::text[], $2::text[]) as wanted (name, value) join pg_settings using (name)
  where value <> reset_val`;

/**
 * Settings that the server may refuse: only superusers may set the language of messages, and some operating systems cannot
 * check whether a client is still connected. Nothing depends on them.
 */
const TRY = `do $$ declare
  wanted text[];
begin
  foreach wanted slice 1 in array array[['lc_messages', 'C'], ['client_connection_check_interval', '5000']] loop
    begin
      perform set_config(wanted[1], wanted[2], false);
    exception when others then
    end;
  end loop;
end $$`;

/** Sets up a new connection, with `own` settings added to the required ones. */
export async function setSession(client: ClientBase, own: Settings = {}): Promise<void> {
  await set(client, own);
}

/** The same for a connection of a pool. Behind a pooler it leaves the own settings out, and returns true. */
export async function setPoolSession(client: ClientBase, own: Settings): Promise<boolean> {
  const told = processIdOf(client);
  return (await set(client, own, told)) !== told;
}

/** What it was told when it was opened. */
export function processIdOf(client: ClientBase): number {
  return (client as unknown as { processID: number }).processID;
}

async function set(client: ClientBase, own: Settings, told?: number): Promise<number> {
  const settings = Object.entries({ ...REQUIRED, ...own });
  const names = settings.map(([name]) => name);
  const values = settings.map(([, value]) => String(value));
  const areOwn = names.map((name) => name in own);
  const { rows } = await client.query<{ pid: number }>(SET, [names, values, areOwn, told]);
  await client.query(TRY);
  return rows[0]!.pid;
}

/** The statements that give a transaction what setSession gives a session; empty if it has all of that. They go before all others. */
export async function transactionSettings(client: ClientBase, own: Settings): Promise<string> {
  const settings = { ...REQUIRED, ...own };
  const values = [Object.keys(settings), Object.values(settings).map(String)];
  const { rows } = await client.query<{ name: string; value: string }>(WANTED, values);
  const isolation = rows.some(({ name }) => name.startsWith('default_transaction_'))
    ? ['set transaction isolation level read committed, not deferrable']
    : [];
  return [...isolation, ...rows.map(({ name, value }) => `set local ${name} = '${value}'`)].join('; ');
}

/** Opens and sets up a connection outside of a pool. */
export async function open(client: Client, own?: Settings): Promise<void> {
  client.on('error', () => {}); // the statement that was running reports it
  await client.connect();
  try {
    await setSession(client, own);
  } catch (error) {
    await client.end();
    throw error;
  }
}
