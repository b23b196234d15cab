import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { OperatorError } from '../config/operator-error.js';
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
    const tables = await tablesOf(client);
    const names = tables.map(({ table }) => table);
    await client.query(`truncate ${names.join(', ')}`); // migrations and the queue have inserted rows
    const loaded = await load(client, parts, new Map(tables.map(({ table, columns }) => [table, columns])));
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

/** Loads all parts. `missing` has the columns of the tables that are still missing. */
async function load(
  client: pg.Client,
  parts: AsyncIterable<Part>,
  missing: Map<string, readonly string[]>,
): Promise<Loaded> {
  const tables = missing.size;
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
      assertKnown(part, missing.get(part.table));
      missing.delete(part.table);
      copy = await Copy.into(client, part);
    } else if ('sequences' in part) await setSequences(client, part);
  }
  const [forgotten] = missing.keys();
  if (forgotten !== undefined) throw unfit(`it does not contain the table ${forgotten}`);
  return { tables, rows };
}

/**
 * Throws an OperatorError unless the table has these columns, in any order. The names become part of a statement, and
 * anybody can write a file with a correct hash.
 */
function assertKnown({ table, columns }: Table, known: readonly string[] | undefined): void {
  if (known === undefined) throw unfit(`it contains ${table}, which is not a table, or contains it twice`);
  const differing = [
    ...known.filter((name) => !columns.includes(name)),
    ...columns.filter((name) => !known.includes(name)),
  ];
  if (differing.length > 0 || columns.length !== known.length)
    throw unfit(`its columns of the table ${table} differ: ${differing.join(', ')}`);
}

const unfit = (reason: string) => new OperatorError(`The backup does not match the schema: ${reason}`);

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
