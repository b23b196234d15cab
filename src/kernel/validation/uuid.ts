// Parses UUIDs as pydantic does.

/** The canonical form, or the error message of pydantic's parser (Rust's uuid crate). */
export type UuidResult = { value: string } | { error: string };

/** With all hyphens or none. */
const FORM = /^([\da-f]{8})(-?)([\da-f]{4})\2([\da-f]{4})\2([\da-f]{4})\2([\da-f]{12})$/i;

/** Parses a UUID with or without hyphens, in braces, or as a URN. */
export function parseUuid(text: string): UuidResult {
  const { inner, offset } = unwrapped(text);
  const [, first, hyphen, ...others] = FORM.exec(inner) ?? [];
  if (hyphen === '-' || (hyphen === '' && offset === 0)) return { value: [first, ...others].join('-').toLowerCase() };
  return { error: problemOf(text, inner, offset) };
}

const URN = 'urn:uuid:';

function unwrapped(text: string): { inner: string; offset: number } {
  if (text.startsWith('{') && text.endsWith('}')) return { inner: text.slice(1, -1), offset: 1 };
  if (text.startsWith(URN)) return { inner: text.slice(URN.length), offset: URN.length };
  return { inner: text, offset: 0 };
}

/** Position and length of each group in the form with hyphens. */
const STARTS = [0, 9, 14, 19, 24] as const;
const LENGTHS = [8, 4, 4, 4, 12] as const;

function problemOf(text: string, inner: string, offset: number): string {
  const at = inner.search(/[^\da-f-]/i);
  if (at >= 0) {
    const found = String.fromCodePoint(inner.codePointAt(at)!);
    return `invalid character: expected an optional prefix of \`urn:uuid:\` followed by [0-9a-fA-F-], found \`${found}\` at ${at + offset + 1}`;
  }
  const hyphens = [...inner.matchAll(/-/g)].map(({ index }) => index);
  if (hyphens.length === 0 && offset === 0) {
    return `invalid length: expected length 32 for simple format, found ${text.length}`;
  }
  if (hyphens.length !== 4) return `invalid group count: expected 5, found ${hyphens.length + 1}`;
  const wrong = hyphens.findIndex((hyphen, i) => hyphen !== STARTS[i + 1]! - 1);
  const group = wrong < 0 ? 4 : wrong;
  const length = (wrong < 0 ? text.length : hyphens[group]!) - STARTS[group]!;
  return `invalid group length in group ${group}: expected ${LENGTHS[group]}, found ${length}`;
}
