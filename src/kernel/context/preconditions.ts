import type { IncomingHttpHeaders } from 'node:http';

/** What a conditional request asks for (RFC 9110 §13.1). Aerie has no times of change, so that those in dates do not count. */
export interface Preconditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** Undefined for the many requests without any. */
export function preconditionsOf(headers: IncomingHttpHeaders): Preconditions | undefined {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  return ifMatch === undefined && ifNoneMatch === undefined ? undefined : { ifMatch, ifNoneMatch };
}

/**
 * The entity tag of a row that has this version. Tags belong to addresses: two that show one row may share it. Where one
 * address shows each caller another row, the caller is in it: a browser asks with the tag of whatever it has kept from there.
 */
export function entityTag(version: number, caller?: number): string {
  if (!Number.isInteger(version)) throw new Error('A versioned model is made of a row without its version');
  return caller === undefined ? `"${version}"` : `"${version}-${caller}"`;
}

/** In the order of RFC 9110 §13.2.2: `unchanged` is a 304 to who reads and a 412 to who writes. */
export function evaluatePreconditions(
  { ifMatch, ifNoneMatch }: Preconditions,
  tag: string,
): 'good' | 'failed' | 'unchanged' {
  if (ifMatch !== undefined && !names(ifMatch, tag)) return 'failed';
  return ifNoneMatch !== undefined && names(ifNoneMatch, tag) ? 'unchanged' : 'good';
}

/** One element of a list of entity tags (RFC 9110 §8.8.3), which may have empty ones. */
const ELEMENT = /[ \t,]*(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)/gy;
/** What Apache and Caddy put behind a tag whose response they compress: `"1-gzip"`. */
const COMPRESSED = /-(?:gzip|br|zstd|deflate)"$/;
const VERSION = /^"(\d{1,10})(?:-\d{1,10})?"$/;

/** Whether a field's value is `*` or has the tag in its list. */
function names(field: string, tag: string): boolean {
  if (field.trim() === '*') return true;
  for (const listed of tagsOf(field)) if (listed === tag) return true;
  return false;
}

/** The versions whose tags a field's value lists, or `*`. */
export function versionsOf(field: string): string[] {
  if (field.trim() === '*') return ['*'];
  return [...tagsOf(field)].flatMap((tag) => VERSION.exec(tag)?.[1] ?? []);
}

/**
 * The tags of a list without what compression makes of them: Aerie and nginx (`gzip on`) put a `W/` before one, and the version
 * is still that one. RFC 9110 §13.1.1 has weak tags never match in `If-Match`; taken to the letter, nobody who reads compressed
 * responses could change anything.
 */
function* tagsOf(field: string): Generator<string> {
  for (const [, opaque] of field.matchAll(ELEMENT)) yield opaque!.replace(COMPRESSED, '"');
}
