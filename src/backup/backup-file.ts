import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { OperatorError } from '../kernel/errors/operator-error.js';

// A backup is gzipped text: lines of JSON, and behind each that names a table its rows as COPY writes them, to a line `\.`.

export const FORMAT = 1;
/** Ends the rows of a table: in no row of COPY's text format does a line look like it. */
export const END_OF_ROWS = Buffer.from('\\.\n');

/** The first line: what the database was that the rows are from. */
export interface Origin {
  readonly aerie_backup: number;
  readonly release: string;
  readonly taken_at: string;
  /** Names of the migrations that had made it, oldest first. */
  readonly migrations: readonly string[];
  /** The version of the job queue's schema. */
  readonly queue: number;
  /** The ends of the audit trail. */
  readonly heads: readonly string[];
}

export interface Table {
  /** With its schema, quoted. */
  readonly table: string;
  readonly columns: readonly string[];
}

export interface Sequences {
  /** The last value of each, and whether it was given out: if not, it is the next. */
  readonly sequences: Readonly<Record<string, readonly [last: string, isCalled: boolean]>>;
}

/** What a backup is made of, in its order: the origin, tables with their rows, the sequences. */
export type Part = Origin | Table | Sequences | Uint8Array;

/**
 * Writes a backup that appears whole or not at all. The last line tells the hash of all before it. Throws an OperatorError
 * where there is a file already: no backup replaces another. Returns the ends of the audit trail in it.
 */
export async function writeBackup(file: string, parts: AsyncIterable<Part>): Promise<readonly string[]> {
  let heads: readonly string[] = [];
  const draft = `${file}.${process.pid}.unfinished`;
  try {
    const output = createWriteStream(draft, { flags: 'wx', mode: 0o600 });
    const text = textOf(parts, (origin) => (heads = origin.heads));
    await pipeline(Readable.from(text), createGzip({ level: 6 }), output);
    const handle = await open(draft, 'r');
    await handle.sync().finally(() => handle.close());
    await link(draft, file);
    return heads;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new OperatorError(`${file} is there already: name another file`, { cause: error });
    if (code?.startsWith('E')) throw new OperatorError(`${file} cannot be written: ${code}`, { cause: error });
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function* textOf(parts: AsyncIterable<Part>, begun: (origin: Origin) => void): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let inRows = false;
  for await (const part of parts) {
    const isRows = part instanceof Uint8Array;
    const text = isRows ? part : Buffer.from(`${inRows ? END_OF_ROWS.toString() : ''}${JSON.stringify(part)}\n`);
    inRows = isRows || 'table' in part;
    if ('aerie_backup' in part) begun(part);
    hash.update(text);
    yield text;
  }
  yield Buffer.from(`${JSON.stringify({ sha256: hash.digest('hex') })}\n`);
}
