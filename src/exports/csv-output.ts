import { randomBytes } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/**
 * Stands for a quote in what PostgreSQL writes; nobody can have it in a text, since nobody has ever seen it. Its first letter
 * is in it once, so that no end of it is the beginning of another.
 */
export const QUOTE_MARK = `q${randomBytes(16).toString('hex')}`;

const MARK = Buffer.from(QUOTE_MARK);
const QUOTE = Buffer.from('"');
/** By it Excel knows that a file is UTF-8. */
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** CSV as COPY writes it, with what COPY cannot do: quotes around texts with a `;` or TAB, and a byte order mark. */
export class CsvOutput extends Transform {
  /** The end of what came, which may be the beginning of a mark. */
  private kept: Buffer = Buffer.alloc(0);
  private isMarked: boolean;

  constructor({ bom, highWaterMark }: { bom: boolean; highWaterMark: number }) {
    super({ highWaterMark });
    this.isMarked = !bom;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (!this.isMarked) this.push(BYTE_ORDER_MARK); // with the first bytes: before, the database may still refuse
    this.isMarked = true;
    const bytes = this.kept.length > 0 ? Buffer.concat([this.kept, chunk]) : chunk;
    const end = bytes.length - begunMark(bytes);
    this.kept = bytes.subarray(end);
    this.pushWithQuotes(bytes.subarray(0, end));
    done();
  }

  override _flush(done: TransformCallback): void {
    done(null, this.kept);
  }

  private pushWithQuotes(bytes: Buffer): void {
    let from = 0;
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, from)) {
      if (at > from) this.push(bytes.subarray(from, at));
      this.push(QUOTE);
      from = at + MARK.length;
    }
    if (from < bytes.length) this.push(bytes.subarray(from));
  }
}

/** How many bytes at the end are the beginning of a mark. */
function begunMark(bytes: Buffer): number {
  for (let length = Math.min(MARK.length - 1, bytes.length); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(MARK.subarray(0, length))) return length;
  }
  return 0;
}
