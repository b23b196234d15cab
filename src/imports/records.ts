/** A row of a file, without its line end. `bytes` is undefined if the row is too long. */
export interface FileRecord {
  /** The line on which the row begins, from 1. */
  readonly line: number;
  readonly bytes: Buffer | undefined;
}

export const MAX_RECORD_BYTES = 10_000;

/**
 * The byte that separates the fields of CSV. It is undefined until the header is read; until then, any known separator
 * counts.
 */
export interface Dialect {
  separator: number | undefined;
}

const [NEWLINE, RETURN, QUOTE, COMMA] = [0x0a, 0x0d, 0x22, 0x2c];
const SEPARATORS: ReadonlySet<number> = new Set([COMMA, 0x3b, 0x09]);
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The position of the reader in a row. A quote opens only at the beginning of a field, and closes unless it is doubled.
 */
enum At {
  fieldStart,
  plain,
  quoted,
  closed,
}

/**
 * Yields the rows of a file while it is being uploaded. A row ends at a line end that is not within CSV quotes. Empty
 * rows and a byte order mark are skipped. The dialect may become known while the first rows are read. A row that is too
 * long ends at its next line end, so that a quote that is never closed costs only that row.
 */
export async function* recordsOf(
  source: AsyncIterable<Buffer>,
  quotes: boolean,
  dialect: Dialect = { separator: COMMA },
): AsyncGenerator<FileRecord> {
  const splitter = new Splitter(quotes, dialect);
  for await (const chunk of source) yield* splitter.push(chunk);
  yield* splitter.end();
}

class Splitter {
  private kept = Buffer.alloc(0);
  private tooLong = false;
  private at = At.fieldStart;
  private line = 1;
  private begun = 1;
  private first = true;

  constructor(
    private readonly quotes: boolean,
    private readonly dialect: Dialect,
  ) {}

  *push(chunk: Buffer): Generator<FileRecord> {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === NEWLINE) {
        this.line++;
        if (this.at !== At.quoted) {
          this.keep(chunk.subarray(start, i));
          yield* this.take();
          start = i + 1;
          continue;
        }
      }
      if (this.quotes) this.at = next(this.at, byte, this.dialect);
      if (this.at === At.quoted && this.kept.length + i - start > MAX_RECORD_BYTES) this.giveUp();
    }
    this.keep(chunk.subarray(start));
  }

  *end(): Generator<FileRecord> {
    yield* this.take();
  }

  private giveUp(): void {
    this.tooLong = true;
    this.at = At.plain;
  }

  private keep(bytes: Buffer): void {
    if (this.kept.length + bytes.length > MAX_RECORD_BYTES + 1) this.tooLong = true; // one for the carriage return
    this.kept = this.tooLong ? Buffer.alloc(0) : Buffer.concat([this.kept, bytes]);
  }

  private *take(): Generator<FileRecord> {
    let bytes = this.kept;
    if (this.first && bytes.subarray(0, 3).equals(BOM)) bytes = bytes.subarray(3);
    if (bytes.at(-1) === RETURN) bytes = bytes.subarray(0, -1);
    const tooLong = this.tooLong || bytes.length > MAX_RECORD_BYTES;
    if (tooLong || bytes.length > 0) yield { line: this.begun, bytes: tooLong ? undefined : bytes };
    [this.kept, this.tooLong, this.at, this.first, this.begun] = [
      Buffer.alloc(0),
      false,
      At.fieldStart,
      false,
      this.line,
    ];
  }
}

function next(at: At, byte: number, { separator }: Dialect): At {
  if (at === At.quoted) return byte === QUOTE ? At.closed : At.quoted;
  if (byte === QUOTE && at !== At.plain) return At.quoted;
  const isSeparator = separator === undefined ? SEPARATORS.has(byte) : byte === separator;
  return isSeparator ? At.fieldStart : At.plain;
}
