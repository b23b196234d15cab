import type { Client, ClientBase } from 'pg';

/** PostgreSQL's names of settings, and their values. */
export type Settings = Readonly<Record<string, string | number>>;

/**
 * What changes the form of values, or the meaning of texts and statements. A server, database or role may have it otherwise
 * (`alter database … set datestyle = 'German'`), so each connection says it itself, and not as it is opened: poolers refuse
 * start-up parameters that they do not know.
 */
const MEANINGS: Settings = {
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

/** Not every version has all of them: `transaction_timeout` came with 17. */
const SET = `select set_config(name, value, false) from unnest($1::text[], $2::text[]) as wanted (name, value)
  where current_setting(name, true) is not null`;

/**
 * What may be refused: the language of messages to all but superusers, and some systems cannot tell whether a client is
 * still there. None of it changes a value.
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

/** Makes a new connection mean what Aerie means, whatever its server is set to; `own`: more settings. */
export async function setSession(client: ClientBase, own: Settings = {}): Promise<void> {
  const settings = { ...MEANINGS, ...own };
  await client.query(SET, [Object.keys(settings), Object.values(settings).map(String)]);
  await client.query(TRY);
}

/** Opens a connection that belongs to no pool. */
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
