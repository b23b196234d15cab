import { AppError } from '../kernel/errors/app-error.js';
import { ValidationFailed, valueError, type FieldError } from '../kernel/errors/validation-failed.js';
import { parseJson } from '../kernel/validation/json.js';
import { check, type Source, type Type } from '../kernel/validation/validate.js';
import { MAX_RECORD_BYTES, recordsOf, type FileRecord } from './records.js';

/** A row of a file: what it says, or what is wrong with it, each place beginning with `body` and the line. */
export interface Row<T> {
  readonly line: number;
  readonly bytes: Buffer;
  readonly value?: T;
  readonly errors: readonly FieldError[];
}

type Parse = (text: string, bytes: Buffer, line: number) => { value?: unknown; error?: FieldError };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The rows of a CSV file, whose first row names the fields, judged by the model. Unknown fields are ignored, an empty one
 * is absent. Throws ValidationFailed for a header that does not do.
 */
export async function* csvRows<T extends object>(
  source: AsyncIterable<Buffer>,
  model: Type<T>,
  required: readonly string[],
): AsyncGenerator<Row<T>> {
  let header: string[] | undefined;
  for await (const record of recordsOf(source, true)) {
    if (header) yield judged(record, model, 'form', fieldsBy(header));
    else header = headerOf(record, required);
  }
  if (!header) throw refused('The file is empty', 1);
}

/** The rows of a file with a JSON object a line. */
export async function* jsonRows<T extends object>(
  source: AsyncIterable<Buffer>,
  model: Type<T>,
): AsyncGenerator<Row<T>> {
  for await (const record of recordsOf(source, false)) yield judged(record, model, 'json', objectOf);
}

function judged<T extends object>(record: FileRecord, model: Type<T>, source: Source, parse: Parse): Row<T> {
  const { line, bytes = Buffer.alloc(0) } = record;
  const wrong = (message: string): Row<T> => ({ line, bytes, errors: [problem(message, line)] });
  if (record.bytes === undefined) return wrong(`A row has at most ${MAX_RECORD_BYTES} bytes`);
  const text = decoded(bytes);
  if (text === undefined) return wrong('The row is not UTF-8');
  const { value, error } = parse(text, bytes, line);
  if (error) return { line, bytes, errors: [error] };
  const errors: FieldError[] = [];
  const good = check(model, value, ['body', line], source, errors);
  return good === undefined ? { line, bytes, errors } : { line, bytes, value: good, errors };
}

const problem = (message: string, line: number) => valueError(['body', line], message, null);
const refused = (message: string, line: number) => new ValidationFailed([problem(message, line)]);

function decoded(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/y;

/** The fields of a row by RFC 4180; undefined where its quotes do not fit. */
function fieldsOf(text: string): string[] | undefined {
  const fields = [];
  for (FIELD.lastIndex = 0; ;) {
    const found = FIELD.exec(text);
    if (!found || found[2]?.startsWith('"')) return undefined;
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    if (found[3] === '') return fields;
  }
}

/** As old spreadsheets write: the whole file would be its header. */
const CR_ALONE = 'The lines end with a carriage return alone: LF or CRLF is needed';

function headerOf({ line, bytes }: FileRecord, required: readonly string[]): string[] {
  const header = fieldsOf((bytes && decoded(bytes)) ?? '')?.map((name) => name.trim());
  if (!header) throw refused('The header cannot be read', line);
  if (header.some((name) => name.includes('\r'))) throw refused(CR_ALONE, line);
  if (new Set(header).size < header.length) throw refused('The header names a field twice', line);
  const missing = required.filter((name) => !header.includes(name));
  if (missing.length > 0) throw refused(`The header does not name ${missing.join(', ')}`, line);
  return header;
}

function fieldsBy(header: readonly string[]): Parse {
  return (text, _bytes, line) => {
    const fields = fieldsOf(text);
    if (!fields) return { error: problem('The quotes of the row do not fit', line) };
    if (fields.length !== header.length) {
      return { error: problem(`The row has ${fields.length} fields, the header ${header.length}`, line) };
    }
    return { value: Object.fromEntries(header.map((name, i) => [name, fields[i]])) };
  };
}

const objectOf: Parse = (_text, bytes, line) => {
  try {
    return { value: parseJson(bytes) };
  } catch (error) {
    if (error instanceof ValidationFailed)
      return { error: { ...error.errors[0]!, loc: ['body', line, ...error.errors[0]!.loc.slice(1)] } };
    if (error instanceof AppError) return { error: problem(error.message, line) };
    throw error;
  }
};
