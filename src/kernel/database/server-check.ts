import type { ClientBase } from 'pg';
import { OperatorError } from '../errors/operator-error.js';

interface ServerState {
  readonly database: string;
  readonly encoding: string;
  readonly is_standby: boolean;
  readonly is_read_only: boolean;
  readonly replication_role: string;
  readonly search_path: string;
  /** The schema that new tables go to; null where the search path names none that is there. */
  readonly schema: string | null;
  /** The schemas that have Aerie's tables. */
  readonly homes: readonly string[];
}

const STATE = `
  select current_database() as database, current_setting('server_encoding') as encoding,
    pg_is_in_recovery() as is_standby, current_setting('transaction_read_only') = 'on' as is_read_only,
    current_setting('session_replication_role') as replication_role,
    current_setting('search_path') as search_path, current_schema()::text as schema,
    array(select n.nspname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.proname = 'count_version'
        and exists (select from pg_class where relnamespace = n.oid and relname = 'migrations')) as homes`;

/**
 * Sees that the database takes what Aerie writes and means what Aerie means, as far as a connection cannot see to it
 * itself (session.ts). Throws an OperatorError that names the setting.
 */
export async function checkServer(client: ClientBase): Promise<void> {
  const { rows } = await client.query<ServerState>(STATE);
  const problem = serverProblem(rows[0]!);
  if (problem !== undefined) throw new OperatorError(problem);
}

/** What is wrong with it, as a sentence for who can mend it. */
function serverProblem(state: ServerState): string | undefined {
  const { database, encoding, is_standby, is_read_only, replication_role, search_path, schema, homes } = state;
  const reset = (name: string) => `reset it (alter database "${database}" reset ${name}; alter role … reset ${name})`;
  if (encoding !== 'UTF8') {
    return `The database ${database} has the encoding ${encoding}, which cannot keep all names: make one with encoding 'UTF8' (create database … encoding 'UTF8' template template0)`;
  }
  if (is_standby)
    return `The database ${database} is a standby, which takes no writes: give the address of its primary`;
  if (is_read_only) {
    return `The database ${database} takes no writes, for default_transaction_read_only is on: ${reset('default_transaction_read_only')}`;
  }
  if (replication_role !== 'origin') {
    return `The database ${database} runs no triggers, for session_replication_role is ${replication_role}: ${reset('session_replication_role')}`;
  }
  if (schema === null) {
    return `The database ${database} has no schema that its search_path names (${search_path}): make it, or ${reset('search_path')}`;
  }
  if (homes.length > 0 && !homes.includes(schema)) {
    return `The tables of Aerie are in the schema ${homes.join(', ')} of the database ${database}, and its search_path (${search_path}) leads to ${schema}: ${reset('search_path')}`;
  }
  return undefined;
}
