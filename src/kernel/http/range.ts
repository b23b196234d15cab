import type { IncomingHttpHeaders } from 'node:http';

/** Some bytes of a file, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const ONE_RANGE = /^bytes\s*=\s*(?:(\d+)\s*-\s*(\d*)|-\s*(\d+))\s*$/i;

/**
 * The bytes that a GET asks for (RFC 9110 §14.2), of a file of this size and strong entity tag. Undefined: all of it,
 * since nothing else was asked, or several ranges, or another unit, or a range of a file that has changed since
 * (`If-Range`). Null: none of the bytes exist.
 */
export function rangeOf(
  { range, 'if-range': condition }: IncomingHttpHeaders,
  size: number,
  etag: string,
): ByteRange | undefined | null {
  const found = range === undefined ? null : ONE_RANGE.exec(range);
  if (!found || (condition !== undefined && condition !== etag)) return undefined;
  const [, from, to, suffix] = found;
  if (suffix !== undefined) return within({ first: Math.max(0, size - Number(suffix)), last: size - 1 }, size);
  const last = to === '' ? size - 1 : Number(to);
  if (Number(from) > last && to !== '') return undefined; // not valid, so it was not sent
  return within({ first: Number(from), last: Math.min(last, size - 1) }, size);
}

function within(range: ByteRange, size: number): ByteRange | null {
  return range.first < size ? range : null;
}
