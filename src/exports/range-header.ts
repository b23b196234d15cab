import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'range-parser';

// Parses the Range header of file downloads.

/** A range of bytes, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** RFC 9110 does not allow spaces here, but some clients send `bytes = 0 - 9`. */
const OPTIONAL_SPACES = / ?([=-]) ?/g;
/** A flag in range-parser's result code. */
const IS_MALFORMED = 1;

/**
 * Returns the byte range that a GET requests (RFC 9110 §14.2) of a file with this size and strong entity tag. Undefined
 * means the whole file: no range, several ranges, another unit, or the file has changed (`If-Range`). Null means that
 * the range is outside of the file. `If-Range` must equal the tag exactly: a weak one (`W/"…"`) comes from a response
 * that a proxy has compressed, which our bytes cannot continue.
 */
export function rangeOf(
  { range, 'if-range': condition }: IncomingHttpHeaders,
  size: number,
  etag: string,
): ByteRange | undefined | null {
  if (range === undefined || (condition !== undefined && condition !== etag)) return undefined;
  const { type, code, ranges } = parse(size, range.replace(OPTIONAL_SPACES, '$1'));
  if (type !== 'bytes' || (code & IS_MALFORMED) !== 0 || ranges.length > 1) return undefined;
  const [only] = ranges;
  return only === undefined ? null : { first: only.start, last: only.end };
}
