/**
 * Parses CSV strictly by RFC 4180. Fields are quoted, or contain no quotes, commas or line ends; quotes inside are
 * doubled. Every line ends in `\n`, including the last one. Throws at the first character that does not fit.
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  const row: string[] = [];
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)([,\n])/y;
  while (field.lastIndex < text.length) {
    const { lastIndex } = field;
    const [, raw = '', end] = field.exec(text) ?? [];
    if (end === undefined) throw new Error(`No CSV: ${JSON.stringify(text.slice(lastIndex, lastIndex + 40))}`);
    row.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === '\n') rows.push(row.splice(0));
  }
  if (row.length > 0) throw new Error('The last line does not end');
  return rows;
}
