import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { OperatorError } from '../kernel/errors/operator-error.js';
import { openClient } from '../kernel/database/session-settings.js';
import type { Part, Sequences, Table } from './backup-file.js';
import { tablesOf } from './tables.js';

/** The numbers of tables and rows that were loaded. */
export interface Loaded {
  readonly tables: number;
  readonly rows: number;
}

/**
 * Loads the rows of a backup into a database with the same schema, in one transaction. Throws an OperatorError if they
 * do not fit.
 */
export async function loadBackup(connectionString: string, parts: AsyncIterable<Part>): Promise<Loaded> {
  const client = new pg.Client({ connectionString, application_name: 'aerie-restore' });
  // without triggers and foreign key checks: the rows passed them when they were written, and the audit trail is linked
  // already
  await openClient(client, { session_replication_role: 'replica' });
  try {
    await client.query('begin');
    const tables = (await tablesOf(client)).map(({ table }) => table);
    await client.query(`truncate ${tables.join(', ')}`); // migrations and the queue have inserted rows
    const loaded = await load(client, parts);
    await client.query('commit');
    await client.query('analyze');
    return loaded;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    throw new OperatorError(`The backup does not match the schema: ${error.message}`, { cause: error });
  } finally {
    await client.end();
  }
}

async function load(client: pg.Client, parts: AsyncIterable<Part>): Promise<Loaded> {
  let tables = 0;
  let rows = 0;
  let copy: Copy | undefined;
  for await (const part of parts) {
    if (part instanceof Uint8Array) {
      await copy!.write(part);
      continue;
    }
    rows += (await copy?.end()) ?? 0;
    copy = undefined;
    if ('table' in part) {
      copy = await Copy.into(client, part);
      tables++;
    } else if ('sequences' in part) await setSequences(client, part);
  }
  return { tables, rows };
}

/** A running COPY of rows into one table. */
class Copy {
  private failure: Error | undefined;

  private constructor(private readonly stream: ReturnType<typeof copyFrom>) {
    stream.on('error', (error: Error) => (this.failure = error));
  }

  static async into(client: pg.Client, { table, columns }: Table): Promise<Copy> {
    return new Copy(client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`)));
  }

  async write(rows: Uint8Array): Promise<void> {
    if (this.failure) throw this.failure;
    if (!this.stream.write(rows)) await once(this.stream, 'drain');
  }

  async end(): Promise<number> {
    if (this.failure) throw this.failure;
    this.stream.end();
    await finished(this.stream);
    return this.stream.rowCount;
  }
}

async function setSequences(client: pg.Client, { sequences }: Sequences): Promise<void> {
  for (const [name, [last, isCalled]] of Object.entries(sequences)) {
    await client.query('select setval($1::regclass, $2, $3)', [name, last, isCalled]);
  }
}
