import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { link, open, rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { systemReason } from '../embedded-postgres/system-reason.js';
import { OperatorError } from '../config/operator-error.js';

// A backup is gzipped text with a JSON object on each line. The line of a table is followed by its rows in COPY's text
// format, which end with a line `\.`.

export const FORMAT = 1;
/** Ends the rows of a table. No row in COPY's text format looks like it. */
export const END_OF_ROWS = Buffer.from('\\.\n');

/** The first line: the state of the database that was backed up. */
export interface Origin {
  readonly aerie_backup: number;
  readonly release: string;
  readonly taken_at: string;
  /** The names of the applied migrations, oldest first. */
  readonly migrations: readonly string[];
  /** The version of the job queue's schema. */
  readonly queue: number;
  /** The last hashes of the audit trail. */
  readonly heads: readonly string[];
}

export interface Table {
  /** The quoted name with its schema. */
  readonly table: string;
  readonly columns: readonly string[];
}

export interface Sequences {
  /** The last value of each sequence, and whether it was used. If not, it is the next value. */
  readonly sequences: Readonly<Record<string, readonly [last: string, isCalled: boolean]>>;
}

/** The parts of a backup, in this order: the origin, tables with their rows, the sequences. */
export type Part = Origin | Table | Sequences | Uint8Array;

/**
 * Writes a backup, which appears only when it is complete. The last line contains the SHA-256 of everything before it.
 * Returns the last hashes of the audit trail. Throws an OperatorError if the file exists, since a backup never replaces
 * another, or cannot be written. Throws the errors of `parts` as they are.
 */
export async function writeBackup(file: string, parts: AsyncIterable<Part>): Promise<readonly string[]> {
  if (existsSync(file)) throw alreadyExists(file); // before the hours that a backup may take
  let heads: readonly string[] = [];
  const draft = `${file}.${process.pid}.unfinished`;
  const removeDraft = () => rmSync(draft, { force: true });
  process.once('exit', removeDraft); // a signal ends the process at once
  let failure: unknown;
  const source = (async function* () {
    try {
      yield* parts;
    } catch (error) {
      failure = error;
      throw error;
    }
  })();
  try {
    const output = createWriteStream(draft, { flags: 'wx', mode: 0o600 });
    const text = textOf(source, (origin) => (heads = origin.heads));
    await pipeline(Readable.from(text), createGzip({ level: 6 }), output);
    const handle = await open(draft, 'r');
    await handle.sync().finally(() => handle.close());
    await giveName(draft, file);
    return heads;
  } catch (error) {
    if (error === failure) throw error; // a lost connection has a code like an error of the file
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw alreadyExists(file);
    if (code?.startsWith('E'))
      throw new OperatorError(`${file} cannot be written: ${systemReason(error)}`, { cause: error });
    throw error;
  } finally {
    process.off('exit', removeDraft);
    removeDraft();
  }
}

const alreadyExists = (file: string) => new OperatorError(`${file} already exists: choose another file`);

/** What `link` fails with on disks without hard links. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Gives the draft its name. Fails with EEXIST if there is such a file: a rename would replace it. */
async function giveName(draft: string, file: string): Promise<void> {
  try {
    return await link(draft, file);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code)) throw error;
  }
  await (await open(file, 'wx')).close();
  await rename(draft, file).catch((error: unknown) => {
    rmSync(file);
    throw error;
  });
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
