import type { Client, ClientBase } from 'pg';

// PostgreSQL settings that every connection sets when it is opened.

/** PostgreSQL settings by name. */
export type Settings = Readonly<Record<string, string | number>>;

/**
 * Settings that affect the format of values or the meaning of statements. The server, the database or the role may have
 * other defaults (`alter database … set datestyle = 'German'`), so every connection sets them. They are not sent as start-up
 * parameters, since poolers reject unknown ones.
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

/** The schemas that contain Aerie's tables. */
export const HOMES = `select n.nspname::text as home from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.proname = 'count_version'
    and exists (select from pg_class where relnamespace = n.oid and relname = 'migrations')`;

/**
 * Skips settings that the server does not have: `transaction_timeout` is new in PostgreSQL 17. The schema with the tables goes
 * first in the search path, as it did at the start (server-check.ts): somebody may change it while Aerie runs. Of several
 * such schemas nobody knows which one it is.
 */
const SET = `
  select set_config(name, value, false) from unnest($1::text[], $2::text[]) as wanted (name, value)
    where current_setting(name, true) is not null
  union all
  select set_config('search_path', concat_ws(', ', quote_ident(min(home)), nullif(current_setting('search_path'), '')), false)
    from (${HOMES}) as homes having count(*) = 1 and min(home) is distinct from current_schema()::text`;

/**
 * Settings that the server may refuse: only superusers may set the language of messages, and some operating systems cannot
 * check whether a client is still connected. Nothing depends on them.
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

/** Sets up a new connection with the required settings and `own`. */
export async function applySessionSettings(client: ClientBase, own: Settings = {}): Promise<void> {
  const settings = { ...REQUIRED_SETTINGS, ...own };
  await client.query(SET, [Object.keys(settings), Object.values(settings).map(String)]);
  await client.query(SET_OPTIONAL);
}

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
