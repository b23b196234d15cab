import { randomBytes } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/**
 * A placeholder for a quote in PostgreSQL's output. It is random, so that no text can contain it. Its first letter
 * occurs in it only once, so that no end of it is the beginning of another one.
 */
export const QUOTE_MARK = `q${randomBytes(16).toString('hex')}`;

const MARK = Buffer.from(QUOTE_MARK);
const QUOTE = Buffer.from('"');
/** Tells Excel that a file is UTF-8. */
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** Adds to COPY's CSV what COPY cannot write: quotes around texts with a `;` or tab, and a byte order mark. */
export class CsvOutput extends Transform {
  /** The end of the received bytes, if it may be the beginning of a mark. */
  private kept: Buffer = Buffer.alloc(0);
  private isMarked: boolean;

  constructor({ bom, highWaterMark }: { bom: boolean; highWaterMark: number }) {
    super({ highWaterMark });
    this.isMarked = !bom;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (!this.isMarked) this.push(BYTE_ORDER_MARK); // not earlier: the query can still fail before its first bytes
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

/** Returns the number of bytes at the end that may be the beginning of a mark. */
function begunMark(bytes: Buffer): number {
  for (let length = Math.min(MARK.length - 1, bytes.length); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(MARK.subarray(0, length))) return length;
  }
  return 0;
}
