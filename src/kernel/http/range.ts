import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'range-parser';

/** Some bytes of a file, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** RFC 9110 has none there, but some clients write `bytes = 0 - 9`. */
const A_SPACE_AROUND = / ?([=-]) ?/g;
/** A bit of range-parser's code. */
const IS_MALFORMED = 1;

/**
 * The bytes that a GET asks for (RFC 9110 §14.2), of a file of this size and strong entity tag. Undefined: all of it,
 * since nothing else was asked, or several ranges, or another unit, or a range of a file that has changed since
 * (`If-Range`). Null: none of the bytes exist. A tag that a proxy has changed, as it does when it compresses (`W/"…"`), is
 * another one here: the client has compressed bytes, and none of ours fit behind them.
 */
export function rangeOf(
  { range, 'if-range': condition }: IncomingHttpHeaders,
  size: number,
  etag: string,
): ByteRange | undefined | null {
  if (range === undefined || (condition !== undefined && condition !== etag)) return undefined;
  const { type, code, ranges } = parse(size, range.replace(A_SPACE_AROUND, '$1'));
  if (type !== 'bytes' || (code & IS_MALFORMED) !== 0 || ranges.length > 1) return undefined;
  const [only] = ranges;
  return only === undefined ? null : { first: only.start, last: only.end };
}
