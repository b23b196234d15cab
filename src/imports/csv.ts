import type { FileRecord } from './records.js';
import { refused } from './refused.js';

/**
 * The separators in the order in which they are tried. The first one with which the header has all required columns is
 * used.
 */
const SEPARATORS = [',', ';', '\t'] as const;
type Separator = (typeof SEPARATORS)[number];

const FIELDS: Readonly<Record<Separator, RegExp>> = {
  ',': /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/y,
  ';': /(?:"((?:[^"]|"")*)"|([^;]*))(;|$)/y,
  '\t': /(?:"((?:[^"]|"")*)"|([^\t]*))(\t|$)/y,
};

/** The separator, and the column names in lower case. A column without a name is ''. */
export interface Header {
  readonly names: readonly string[];
  readonly separator: Separator;
}

/**
 * Returns the fields of a row according to RFC 4180, except for the separator. Returns undefined if the quotes are
 * invalid.
 */
export function fieldsOf(text: string, separator: Separator): string[] | undefined {
  const pattern = FIELDS[separator];
  const fields = [];
  for (pattern.lastIndex = 0; ;) {
    const found = pattern.exec(text);
    if (!found || found[2]?.startsWith('"')) return undefined;
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    if (found[3] === '') return fields;
  }
}

const isBlank = (field: string) => field.trim() === '';
const HAS_TEXT = /[^\s,;"]/;

/**
 * Returns whether a row has nothing but separators, as spreadsheets write an empty row. Without `separator`, before the
 * header is known, each of the separators is tried.
 */
export function isEmptyRow(text: string | undefined, separator?: Separator): boolean {
  if (text === undefined || HAS_TEXT.test(text)) return false;
  return (separator ? [separator] : SEPARATORS).some((one) => fieldsOf(text, one)?.every(isBlank));
}

/** Removes empty fields after the last column. Spreadsheets write them for columns that are empty in all rows. */
export function withoutEmptyEnd(fields: readonly string[], columns: number): readonly string[] {
  return fields.length > columns && fields.slice(columns).every(isBlank) ? fields.slice(0, columns) : fields;
}

/** The line before the header in which Excel names the separator, and the position of the separator in it. */
const DIRECTIVE = /^sep=[,;\t]$/i;
export const DIRECTIVE_AT = 4;

export const isDirective = (text: string) => DIRECTIVE.test(text);

interface Wanted {
  readonly record: FileRecord;
  readonly charset: string;
  readonly required: readonly string[];
  /** The character code of the separator, if a line before the header names it. */
  readonly known: number | undefined;
}

/** Parses the header. Throws ValidationFailed if it is invalid or a required column is missing. */
export function headerOf(text: string | undefined, { record, charset, required, known }: Wanted): Header {
  const { line } = record;
  if (text === undefined)
    throw refused(record.bytes ? `The header is not valid ${charset}` : 'The header cannot be read', line);
  const tried = SEPARATORS.filter((separator) => known === undefined || separator.charCodeAt(0) === known);
  const read = tried.map((separator) => ({ separator, names: namesOf(text, separator) }));
  const good = read.find(({ names }) => names && required.every((name) => names.includes(name)));
  const { names, separator } = good ?? read[0]!;
  if (!names) throw refused(otherKind(text) ?? 'The header cannot be read', line);
  if (names.some((name) => CR_ALONE.test(name))) throw refused(CR_PROBLEM, line);
  const named = names.filter((name) => name !== '');
  if (new Set(named).size < named.length) throw refused('The header has a duplicate column', line);
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) throw refused(otherKind(text) ?? `The header has no column ${missing.join(', ')}`, line);
  return { names, separator };
}

const namesOf = (text: string, separator: Separator) =>
  fieldsOf(text, separator)?.map((name) => name.trim().toLowerCase());

/** A line end without LF, as old spreadsheets write it. The whole file would be the header. */
const CR_ALONE = /\r(?!\n)/;
const CR_PROBLEM = 'The lines end with CR only: use LF or CRLF';

function otherKind(text: string): string | undefined {
  if (/^\s*[{[]/.test(text)) return 'This is JSON: send one object per line as application/x-ndjson';
  return /^\s*<[!?a-z]/i.test(text) ? 'This is HTML or XML: save it as CSV' : undefined;
}
