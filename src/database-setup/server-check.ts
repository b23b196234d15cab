import type { ClientBase } from 'pg';
import { OperatorError } from '../config/operator-error.js';
import { SELECT_AERIE_SCHEMAS } from '../kernel/database/session-settings.js';

// Checks at start that the server's settings suit Aerie.

/** The settings that are checked. */
interface ServerState {
  readonly database: string;
  /** `140012` for 14.12 */
  readonly version_num: number;
  readonly version: string;
  readonly encoding: string;
  readonly is_standby: boolean;
  readonly is_read_only: boolean;
  readonly replication_role: string;
  readonly search_path: string;
  /** The schema in which tables are created; null if no schema of the search path exists. */
  readonly schema: string | null;
  /** The schemas that contain Aerie's tables. */
  readonly homes: readonly string[];
}

const STATE = `
  select current_database() as database, current_setting('server_version_num')::int as version_num,
    current_setting('server_version') as version, current_setting('server_encoding') as encoding,
    pg_is_in_recovery() as is_standby, current_setting('transaction_read_only') = 'on' as is_read_only,
    current_setting('session_replication_role') as replication_role,
    current_setting('search_path') as search_path, current_schema()::text as schema,
    array(${SELECT_AERIE_SCHEMAS}) as homes`;

const OLDEST = 14;

/**
 * Checks the server settings that a connection cannot set for itself (see session-settings.ts). Throws an OperatorError
 * that names the wrong one.
 */
export async function checkServer(client: ClientBase): Promise<void> {
  const { rows } = await client.query<ServerState>(STATE);
  const problem = serverProblem(rows[0]!);
  if (problem !== undefined) throw new OperatorError(problem);
}

/** The first problem as a sentence for the operator, or undefined. */
function serverProblem(state: ServerState): string | undefined {
  const {
    database,
    version_num,
    version,
    encoding,
    is_standby,
    is_read_only,
    replication_role,
    search_path,
    schema,
    homes,
  } = state;
  const reset = (name: string) => `reset it (alter database "${database}" reset ${name}; alter role … reset ${name})`;
  if (version_num < OLDEST * 10_000) {
    return `The database ${database} is on PostgreSQL ${version}, which is too old: Aerie needs ${OLDEST} or later`;
  }
  if (encoding !== 'UTF8') {
    return `The database ${database} has the encoding ${encoding}, which cannot store every character: use one with the encoding UTF8 (create database … encoding 'UTF8' template template0)`;
  }
  if (is_standby) return `The database ${database} is a standby, which is read-only: set DATABASE_URL to the primary`;
  if (is_read_only) {
    return `The database ${database} is read-only, because default_transaction_read_only is on: ${reset('default_transaction_read_only')}`;
  }
  if (replication_role !== 'origin') {
    return `The database ${database} runs no triggers, because session_replication_role is ${replication_role}: ${reset('session_replication_role')}`;
  }
  if (schema === null) {
    return `The database ${database} has none of the schemas in its search_path (${search_path}): create one, or ${reset('search_path')}`;
  }
  if (homes.length > 0 && !homes.includes(schema)) {
    return `Aerie's tables are in the schema ${homes.join(', ')} of the database ${database}, but its search_path (${search_path}) selects ${schema}: ${reset('search_path')}`;
  }
  return undefined;
}
