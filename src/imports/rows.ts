import { AppError } from '../kernel/errors/app-error.js';
import { ValidationFailed, type FieldError } from '../kernel/errors/validation-failed.js';
import { parseJson } from '../kernel/validation/json.js';
import type { Type } from '../kernel/validation/model-metadata.js';
import { check } from '../kernel/validation/validate.js';
import type { Source } from '../kernel/validation/validation-run.js';
import { DIRECTIVE_AT, fieldsOf, headerOf, isDirective, isEmptyRow, withoutEmptyEnd, type Header } from './csv.js';
import { MAX_RECORD_BYTES, recordsOf, type Dialect, type FileRecord } from './records.js';
import { problem, refused } from './refused.js';
import type { TextFile } from './text-file.js';

/** A row of a file with its value or its errors. The `loc` of each error begins with `body` and the line. */
export interface Row<T> {
  readonly line: number;
  readonly bytes: Buffer;
  readonly value?: T;
  readonly errors: readonly FieldError[];
}

type Parse = (text: string, bytes: Buffer, line: number) => { value?: unknown; error?: FieldError };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Yields the rows of a CSV file, validated by the model. The first row names the fields. Unknown fields, columns
 * without a name and rows without a text are ignored; an empty field is absent. Throws ValidationFailed for an invalid
 * header and for a file of another type.
 */
export async function* csvRows<T extends object>(
  file: TextFile,
  model: Type<T>,
  required: readonly string[],
): AsyncGenerator<Row<T>> {
  const dialect: Dialect = { separator: undefined };
  let header: Header | undefined;
  for await (const record of recordsOf(file, true, dialect)) {
    const text = textOf(record);
    if (header) {
      if (isEmptyRow(text, header.separator)) continue;
      yield validated(record, model, { source: 'form', charset: file.charset, parse: fieldsBy(header) });
    } else if (text !== undefined && isDirective(text)) {
      dialect.separator = text.charCodeAt(DIRECTIVE_AT);
    } else if (!isEmptyRow(text)) {
      header = headerOf(text, { record, required, charset: file.charset, known: dialect.separator });
      dialect.separator = header.separator.charCodeAt(0);
    }
  }
  if (!header) throw refused('The file is empty', 1);
}

/** Yields the rows of a file with one JSON object per line. Throws ValidationFailed for a file of another type. */
export async function* jsonRows<T extends object>(file: TextFile, model: Type<T>): AsyncGenerator<Row<T>> {
  for await (const record of recordsOf(file, false)) {
    yield validated(record, model, { source: 'json', charset: file.charset, parse: objectOf });
  }
}

interface Reading {
  readonly source: Source;
  readonly charset: string;
  readonly parse: Parse;
}

function validated<T extends object>(record: FileRecord, model: Type<T>, { source, charset, parse }: Reading): Row<T> {
  const { line, bytes = Buffer.alloc(0) } = record;
  const wrong = (message: string): Row<T> => ({ line, bytes, errors: [problem(message, line)] });
  if (record.bytes === undefined) return wrong(`A row can have at most ${MAX_RECORD_BYTES} bytes`);
  const text = textOf(record);
  if (text === undefined) return wrong(`The row is not valid ${charset}`);
  const { value, error } = parse(text, bytes, line);
  if (error) return { line, bytes, errors: [error] };
  const errors: FieldError[] = [];
  const good = check(model, value, ['body', line], source, errors);
  return good === undefined ? { line, bytes, errors } : { line, bytes, value: good, errors };
}

/** Returns the text of a row, or undefined if it is too long or invalid in the charset. */
function textOf({ bytes }: FileRecord): string | undefined {
  try {
    return bytes && utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function fieldsBy({ names, separator }: Header): Parse {
  return (text, _bytes, line) => {
    const given = fieldsOf(text, separator);
    if (!given) return { error: problem('The quotes in the row are malformed', line) };
    const fields = withoutEmptyEnd(given, names.length);
    if (fields.length !== names.length) {
      return { error: problem(`The row has ${fields.length} fields, but the header has ${names.length}`, line) };
    }
    return { value: Object.fromEntries(names.map((name, i) => [name, fields[i]])) };
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
