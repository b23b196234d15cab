import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { systemReason } from '../embedded-postgres/system-reason.js';
import { OperatorError } from '../config/operator-error.js';
import { END_OF_ROWS, FORMAT, type Origin, type Part, type Sequences, type Table } from './backup-file.js';

const NEWLINE = 10;

type Line = Origin | Table | Sequences | { readonly sha256: string };

/**
 * Reads a backup part by part. Rows come in chunks of whole lines. Throws an OperatorError as soon as it finds damage,
 * which may be at the very end: to be sure before using a part, read the backup twice.
 */
export async function* readBackup(file: string): AsyncGenerator<Part> {
  const hash = createHash('sha256');
  let state: 'first' | 'between' | 'rows' | 'over' = 'first';
  for await (const lines of linesOf(file)) {
    let rows: Buffer[] = [];
    for (const line of lines) {
      if (state === 'over') throw damaged(file, 'it has data after its end');
      if (state === 'rows' && !line.equals(END_OF_ROWS)) {
        rows.push(line);
        continue;
      }
      if (rows.length > 0) yield hashed(Buffer.concat(rows));
      rows = [];
      if (state === 'rows') {
        hashed(line);
        state = 'between';
        continue;
      }
      const part = parse(file, line, state === 'first');
      if ('sha256' in part) {
        if (part.sha256 !== hash.digest('hex')) throw damaged(file, 'its checksum does not match');
        state = 'over';
        continue;
      }
      hashed(line);
      yield part;
      state = 'table' in part ? 'rows' : 'between';
    }
    if (rows.length > 0) yield hashed(Buffer.concat(rows));
  }
  if (state !== 'over') throw damaged(file, 'its end is missing');

  function hashed(text: Buffer): Buffer {
    hash.update(text);
    return text;
  }
}

function parse(file: string, line: Buffer, isFirst: boolean): Line {
  let part: Partial<Origin> | undefined;
  try {
    part = JSON.parse(line.toString()) as Partial<Origin>;
  } catch {
    // reported below
  }
  if (typeof part !== 'object' || part === null) throw isFirst ? noBackup(file) : damaged(file, 'a line is not JSON');
  if (isFirst && part.aerie_backup === undefined) throw noBackup(file);
  if (isFirst && part.aerie_backup !== FORMAT) {
    throw new OperatorError(
      `${file} has the backup format ${part.aerie_backup} of Aerie ${part.release}, which this release cannot read`,
    );
  }
  if (isFirst && ![part.migrations, part.heads].every(Array.isArray))
    throw damaged(file, 'its first line is incomplete');
  return part as Line;
}

/** Yields whole lines with their line ends, as many as one chunk completes. */
async function* linesOf(file: string): AsyncGenerator<Buffer[]> {
  let begun: Buffer[] = [];
  const text = pipeline(createReadStream(file), createGunzip(), () => {}); // the loop below throws its errors
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      const lines: Buffer[] = [];
      let from = 0;
      for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
        const end = chunk.subarray(from, to + 1);
        lines.push(begun.length > 0 ? Buffer.concat([...begun, end]) : end);
        begun = [];
        from = to + 1;
      }
      if (from < chunk.length) begun.push(chunk.subarray(from));
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'Z_DATA_ERROR' && message === 'incorrect header check') throw noBackup(file);
    if (code?.startsWith('Z_')) throw damaged(file, message);
    if (code?.startsWith('E'))
      throw new OperatorError(`${file} cannot be read: ${systemReason(error)}`, { cause: error });
    throw error;
  }
  if (begun.length > 0) throw damaged(file, 'its last line is cut off');
}

const noBackup = (file: string) => new OperatorError(`${file} is not an Aerie backup`);
const damaged = (file: string, why: string) => new OperatorError(`${file} is damaged: ${why}`);
