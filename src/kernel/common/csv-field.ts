// Texts in CSV files. A spreadsheet would run some of them as formulas (OWASP "CSV Injection"). An apostrophe before
// such a text, or before such a part of it, makes it harmless.

/** The signs that begin a formula, with their full-width forms. */
const SIGNS = '=+@\\-＝＋－＠';

/**
 * Matches a text that is run as a formula (U+0000 cannot be stored). Like `partBefore`, it means the same in JavaScript
 * and in PostgreSQL.
 */
const FORMULA = `^[${SIGNS}\\t\\r\\n]`;

/**
 * Matches what separates a formula from the part before it, in spreadsheets that separate by `;` or TAB. The formula
 * continues with `rest`. Some spreadsheets drop quotes at its beginning.
 */
const partBefore = (rest: string) => `([;\\t\\r\\n])(?=[${SIGNS}]${rest}|"[" ]*[${SIGNS}])`;

const STARTS = new RegExp(FORMULA);
const PARTS = new RegExp(partBefore(''), 'g');

/**
 * Returns a text as a quoted CSV field (RFC 4180) that no spreadsheet runs as a formula. A text gets a leading
 * apostrophe if it begins with `=`, `+`, `-`, `@`, one of their full-width forms, TAB, CR or LF. So does each part
 * after a `;`, TAB or line break if it begins with one of these signs.
 */
export function csvField(text: string): string {
  const whole = STARTS.test(text) ? `'${text}` : text;
  return `"${whole.replaceAll(PARTS, "$1'").replaceAll('"', '""')}"`;
}

/**
 * Returns an SQL expression that makes the formulas in a text column harmless, for COPY, which adds the quotes itself.
 * No other column of the row may have texts that users write. Then the last part of a text needs no apostrophe if it
 * has no quotes: the closing quote after it makes it an invalid formula, and no other text can supply the quote.
 */
export function harmlessCsvText(column: string): string {
  const whole = `case when ${column} ~ '${FORMULA}' then '''' || ${column} else ${column} end`;
  return `regexp_replace(${whole}, '${partBefore('[^;\\t\\r\\n]*[;\\t\\r\\n]')}', '\\1''', 'g')`;
}
