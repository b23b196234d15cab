import type { IncomingHttpHeaders } from 'node:http';

// Conditional requests: parses If-Match and If-None-Match, and creates and compares entity tags.

/**
 * The conditions of a request (RFC 9110 §13.1). Dates (`If-Unmodified-Since`, …) are ignored: Aerie has no
 * `Last-Modified`.
 */
export interface Preconditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** Returns the preconditions in a request's headers; undefined if there are none. */
export function preconditionsOf(headers: IncomingHttpHeaders): Preconditions | undefined {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  return ifMatch === undefined && ifNoneMatch === undefined ? undefined : { ifMatch, ifNoneMatch };
}

/**
 * Returns the entity tag of a row with this version. A tag identifies a version of one URL's resource. If the URL shows
 * each caller another row (`/profile`), the tag contains the caller's id, since a browser also sends a tag cached for
 * another caller. Throws an Error for a version that is not an integer.
 */
export function entityTag(version: number, caller?: number): string {
  if (!Number.isInteger(version)) throw new Error('A versioned model needs a row with its version');
  return caller === undefined ? `"${version}"` : `"${version}-${caller}"`;
}

/**
 * Evaluates the conditions in the order of RFC 9110 §13.2.2. `unchanged` means a 304 for reads and a 412 for writes.
 */
export function evaluatePreconditions(
  { ifMatch, ifNoneMatch }: Preconditions,
  tag: string,
): 'good' | 'failed' | 'unchanged' {
  if (ifMatch !== undefined && !listsTag(ifMatch, tag)) return 'failed';
  return ifNoneMatch !== undefined && listsTag(ifNoneMatch, tag) ? 'unchanged' : 'good';
}

/** An element of a list of entity tags (RFC 9110 §8.8.3). Lists may contain empty elements. */
const LIST_ELEMENT = /[ \t,]*(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)/gy;
/** The suffix that Apache and Caddy append to the tag of a response that they compress: `"1-gzip"`. */
const COMPRESSION_SUFFIX = /-(?:gzip|br|zstd|deflate)"$/;
const VERSION_TAG = /^"(\d{1,10})(?:-\d{1,10})?"$/;

/** Whether a header's value is `*` or lists the tag. */
function listsTag(field: string, tag: string): boolean {
  if (field.trim() === '*') return true;
  for (const listed of tagsOf(field)) if (listed === tag) return true;
  return false;
}

/** Returns the versions whose tags a header's value lists, or `['*']`. */
export function versionsOf(field: string): string[] {
  if (field.trim() === '*') return ['*'];
  return [...tagsOf(field)].flatMap((tag) => VERSION_TAG.exec(tag)?.[1] ?? []);
}

/**
 * Yields the tags of a list without marks of compression. Aerie and nginx (`gzip on`) prepend `W/`, but the version is
 * the same. By RFC 9110 §13.1.1, weak tags never match in `If-Match`. Clients that read compressed responses could then
 * never change anything.
 */
function* tagsOf(field: string): Generator<string> {
  for (const [, opaque] of field.matchAll(LIST_ELEMENT)) yield opaque!.replace(COMPRESSION_SUFFIX, '"');
}
