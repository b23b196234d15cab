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

/** The entity tag of a row that has this version. Tags belong to addresses: two that show one row may share it. */
export function entityTag(version: number): string {
  if (!Number.isInteger(version)) throw new Error('A versioned model is made of a row without its version');
  return `"${version}"`;
}

/** In the order of RFC 9110 §13.2.2: `unchanged` is a 304 to who reads and a 412 to who writes. */
export function judge({ ifMatch, ifNoneMatch }: Preconditions, tag: string): 'good' | 'failed' | 'unchanged' {
  if (ifMatch !== undefined && !names(ifMatch, tag, 'strongly')) return 'failed';
  return ifNoneMatch !== undefined && names(ifNoneMatch, tag, 'weakly') ? 'unchanged' : 'good';
}

/** One element of a list of entity tags (RFC 9110 §8.8.3), which may have empty ones. */
const ELEMENT = /[ \t,]*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)/y;

/** Whether a field's value is `*` or has the tag in its list. A weak tag is nobody's match where tags compare strongly. */
function names(field: string, tag: string, compared: 'strongly' | 'weakly'): boolean {
  if (field.trim() === '*') return true;
  ELEMENT.lastIndex = 0;
  for (let element = ELEMENT.exec(field); element; element = ELEMENT.exec(field)) {
    const [, weak, opaque] = element;
    if (opaque === tag && (weak === undefined || compared === 'weakly')) return true;
    if (ELEMENT.lastIndex === field.length) return false;
  }
  return false;
}
