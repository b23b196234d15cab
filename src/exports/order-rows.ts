import { harmlessCsvText } from '../kernel/common/csv-field.js';
import { QUOTE_MARK } from './csv-output.js';

/** The formats of exports: their media types and file names. */
export const FORMATS = {
  csv: { media: 'text/csv', filename: 'data.csv' },
  ndjson: { media: 'application/x-ndjson', filename: 'data.ndjson' },
} as const;
export const GZIP_MEDIA = 'application/gzip';

export type Format = keyof typeof FORMATS;

/** Returns the format with this media type. */
export function formatOf(media: string): Format {
  return media === FORMATS.ndjson.media ? 'ndjson' : 'csv';
}

/**
 * Returns an SQL expression that puts marks around texts that have a `;` or TAB and that COPY would not quote.
 * `CsvOutput` replaces the marks by quotes.
 */
function marked(column: string): string {
  const text = harmlessCsvText(column);
  return `case when ${column} ~ '^[^",\\r\\n]*[;\\t][^",\\r\\n]*$' then '${QUOTE_MARK}' || ${text} || '${QUOTE_MARK}'
    else ${text} end`;
}

const rows = (name: string, condition: string) => `
  select o.id, o.user_id, o.item_id, ${name} as item, o.quantity, o.total_cents, o.status,
    to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at
  from orders o join items i on i.id = o.item_id
  where ${condition}
  order by o.id`;

/**
 * The COPY statements: PostgreSQL writes the files itself. CSV follows RFC 4180 with `\n` as the line end; NDJSON has
 * one JSON object per line. JSON is written as CSV with one column. Its quote and delimiter are control characters,
 * which JSON never contains, so that nothing is quoted. COPY's text format would double backslashes.
 */
const WRITTEN: Readonly<Record<Format, (condition: string) => string>> = {
  csv: (condition) => `copy (${rows(marked('i.name'), condition)}) to stdout (format csv, header)`,
  ndjson: (condition) =>
    `copy (select row_to_json(o) from (${rows('i.name', condition)}) o)
      to stdout (format csv, quote e'\\x01', delimiter e'\\x02')`,
};

/** The owner is passed as a setting, since COPY accepts no parameters. */
const CONDITIONS = { all: 'true', own: `o.user_id = current_setting('aerie.owner')::int` } as const;

export type Whose = keyof typeof CONDITIONS;

/** Returns the statement that writes all orders, or those of the user in the setting `aerie.owner`. */
export function copyOrders(format: Format, whose: Whose): string {
  return WRITTEN[format](CONDITIONS[whose]);
}

/** Returns the statement that counts the same orders. */
export function countOrders(whose: Whose): string {
  return `copy (select count(*) from orders o where ${CONDITIONS[whose]}) to stdout`;
}
