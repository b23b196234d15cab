import type { FileRecord } from './records.js';
import { refused } from './refused.js';

/** In which order they are tried: the first by which the header has all that it must. */
const SEPARATORS = [',', ';', '\t'] as const;
type Separator = (typeof SEPARATORS)[number];

const FIELDS: Readonly<Record<Separator, RegExp>> = {
  ',': /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/y,
  ';': /(?:"((?:[^"]|"")*)"|([^;]*))(;|$)/y,
  '\t': /(?:"((?:[^"]|"")*)"|([^\t]*))(\t|$)/y,
};

/** The names of the columns, in lower case; one without a name is ''. */
export interface Header {
  readonly names: readonly string[];
  readonly separator: Separator;
}

/** The fields of a row by RFC 4180, but for the separator; undefined where its quotes do not fit. */
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

/** As spreadsheets write an empty row: nothing but separators. Before the header, by any of them. */
export function isEmptyRow(text: string | undefined, separator?: Separator): boolean {
  if (text === undefined || HAS_TEXT.test(text)) return false;
  return (separator ? [separator] : SEPARATORS).some((one) => fieldsOf(text, one)?.every(isBlank));
}

/** As spreadsheets write a row of a narrower table: with separators for columns that are empty throughout. */
export function withoutEmptyEnd(fields: readonly string[], columns: number): readonly string[] {
  return fields.length > columns && fields.slice(columns).every(isBlank) ? fields.slice(0, columns) : fields;
}

/** Excel's line before the header, and where in it the separator stands. */
const DIRECTIVE = /^sep=[,;\t]$/i;
export const DIRECTIVE_AT = 4;

export const isDirective = (text: string) => DIRECTIVE.test(text);

interface Wanted {
  readonly record: FileRecord;
  readonly charset: string;
  readonly required: readonly string[];
  /** The code of the separator, where a line before the header has named it. */
  readonly known: number | undefined;
}

/** Reads the header. Throws ValidationFailed for one that does not do. */
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
  if (new Set(named).size < named.length) throw refused('The header has a column twice', line);
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) throw refused(otherKind(text) ?? `The header has no column ${missing.join(', ')}`, line);
  return { names, separator };
}

const namesOf = (text: string, separator: Separator) =>
  fieldsOf(text, separator)?.map((name) => name.trim().toLowerCase());

/** As old spreadsheets write: the whole file would be its header. */
const CR_ALONE = /\r(?!\n)/;
const CR_PROBLEM = 'The lines end with a carriage return alone: LF or CRLF is needed';

function otherKind(text: string): string | undefined {
  if (/^\s*[{[]/.test(text)) return 'This is JSON: send one object per line as application/x-ndjson';
  return /^\s*<[!?a-z]/i.test(text) ? 'This is HTML or XML: save it as CSV' : undefined;
}
