import { QUOTE_MARK } from './csv-output.js';

/** What an export may be written as: the media type and the name of the file. */
export const FORMATS = {
  csv: { media: 'text/csv', filename: 'data.csv' },
  ndjson: { media: 'application/x-ndjson', filename: 'data.ndjson' },
} as const;
export const GZIP_MEDIA = 'application/gzip';

export type Format = keyof typeof FORMATS;

/** The format of a media type. */
export function formatOf(media: string): Format {
  return media === FORMATS.ndjson.media ? 'ndjson' : 'csv';
}

/**
 * A text that a spreadsheet would take for a formula gets a leading apostrophe (OWASP "CSV Injection"): also behind
 * signs of full width, TAB, CR and LF; U+0000 cannot be stored. So does a part of it that is a cell to a spreadsheet which
 * separates by `;` or TAB alone; some drop the quotes that such a part begins with. The last part of a text needs none where
 * it has no quotes: the one behind it makes it no formula.
 */
const defused = (column: string) =>
  `regexp_replace(case when ${column} ~ '^[=+@\\-\\t\\r\\n＝＋－＠]' then '''' || ${column} else ${column} end,
    '([;\\t\\r\\n])(?=[=+@\\-＝＋－＠][^;\\t\\r\\n]*[;\\t\\r\\n]|"[" ]*[=+@\\-＝＋－＠])', '\\1''', 'g')`;

/** A text that COPY would not quote, though another spreadsheet's separator is in it: `CsvOutput` makes quotes of the marks. */
const marked = (column: string) =>
  `case when ${column} ~ '^[^",\\r\\n]*[;\\t][^",\\r\\n]*$' then '${QUOTE_MARK}' || ${defused(column)} || '${QUOTE_MARK}'
    else ${defused(column)} end`;

const rows = (name: string, condition: string) => `
  select o.id, o.user_id, o.item_id, ${name} as item, o.quantity, o.total_cents, o.status,
    to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at
  from orders o join items i on i.id = o.item_id
  where ${condition}
  order by o.id`;

/**
 * PostgreSQL writes the files itself: CSV by RFC 4180 with `\n`, and a JSON object a line. JSON goes out as CSV of one
 * column whose quote and delimiter are control characters, which JSON never contains, so that nothing of it is quoted;
 * COPY's text format would double backslashes.
 */
const WRITTEN: Readonly<Record<Format, (condition: string) => string>> = {
  csv: (condition) => `copy (${rows(marked('i.name'), condition)}) to stdout (format csv, header)`,
  ndjson: (condition) =>
    `copy (select row_to_json(o) from (${rows('i.name', condition)}) o)
      to stdout (format csv, quote e'\\x01', delimiter e'\\x02')`,
};

/** The owner comes as a setting, since COPY takes no parameters. */
const CONDITIONS = { all: 'true', own: `o.user_id = current_setting('aerie.owner')::int` } as const;

export type Whose = keyof typeof CONDITIONS;

/** The statement that writes everybody's orders, or those of the transaction's `aerie.owner`. */
export function copyOrders(format: Format, whose: Whose): string {
  return WRITTEN[format](CONDITIONS[whose]);
}

/** How many those are. */
export function countOrders(whose: Whose): string {
  return `copy (select count(*) from orders o where ${CONDITIONS[whose]}) to stdout`;
}
