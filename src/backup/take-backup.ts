import { to as copyTo } from 'pg-copy-streams';
import pg from 'pg';
import { RELEASE } from '../kernel/common/release.js';
import { OperatorError } from '../config/operator-error.js';
import { openClient } from '../kernel/database/session-settings.js';
import { FORMAT, type Origin, type Part, type Sequences } from './backup-file.js';
import { tablesOf } from './tables.js';

const SEQUENCES = `
  select format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'pgboss') and c.relkind = 'S' order by 1`;

const HEADS = `
  select encode(hash, 'hex') as head from audit_chain c
  where seq = (select max(seq) from audit_chain o where o.strand = c.strand) order by strand`;

/**
 * Yields the parts of a backup: a snapshot of the database, while other processes continue to write. Throws an
 * OperatorError if the database has not been used yet.
 */
export async function* takeBackup(connectionString: string): AsyncGenerator<Part> {
  const client = new pg.Client({ connectionString, application_name: 'aerie-backup' });
  await openClient(client);
  try {
    await client.query('begin isolation level repeatable read, read only');
    yield await originOf(client);
    for (const table of await tablesOf(client)) {
      yield table;
      const columns = table.columns.join(', ');
      yield* client.query(copyTo(`copy (select ${columns} from ${table.table}) to stdout`)) as AsyncIterable<Buffer>;
    }
    yield await sequencesOf(client); // after the rows: sequences ignore the snapshot, and must not be behind the rows
  } finally {
    await client.end();
  }
}

async function originOf(client: pg.Client): Promise<Origin> {
  const made = await rowsOf<{ name: string }>(client, `select to_regclass('pgboss.version')::text as name`);
  if (made[0]!.name === null)
    throw new OperatorError('The database has not been used yet: there is nothing to back up');
  const migrations = await rowsOf<{ name: string }>(client, 'select name from migrations order by id');
  const [queue] = await rowsOf<{ version: number }>(client, 'select version from pgboss.version');
  const heads = await rowsOf<{ head: string }>(client, HEADS);
  return {
    aerie_backup: FORMAT,
    release: RELEASE,
    taken_at: new Date().toISOString(),
    migrations: migrations.map(({ name }) => name),
    queue: queue!.version,
    heads: heads.map(({ head }) => head),
  };
}

/** Reads the sequences themselves: pg_sequences has no value for a sequence that was set but not used. */
async function sequencesOf(client: pg.Client): Promise<Sequences> {
  const sequences: Record<string, [string, boolean]> = {};
  for (const { name } of await rowsOf<{ name: string }>(client, SEQUENCES)) {
    const [state] = await rowsOf<{ last: string; called: boolean }>(
      client,
      `select last_value::text as last, is_called as called from ${name}`,
    );
    sequences[name] = [state!.last, state!.called];
  }
  return { sequences };
}

async function rowsOf<T extends object>(client: pg.Client, text: string): Promise<T[]> {
  return (await client.query<T>(text)).rows;
}
