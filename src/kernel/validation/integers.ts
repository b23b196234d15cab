import type { FieldError, Loc } from '../errors/validation-failed.js';

export type IntError = 'int_parsing' | 'int_parsing_size';

/** The value is a bigint only outside of the safe integers. */
export type IntResult = { value: number | bigint } | { error: IntError };

export const INT_MESSAGES: Record<IntError, string> = {
  int_parsing: 'Input should be a valid integer, unable to parse string as an integer',
  int_parsing_size: 'Unable to parse input string as an integer, exceeded maximum size',
};

const MAX_DIGITS = 4300; // Python's limit: the cost of conversion is quadratic, in BigInt, too
const SAFE_DIGITS = 15;
const WELL_GROUPED = /^-?\d+(?:_\d+)*$/;

/**
 * Parses pydantic's lax integer. White space around it, a sign, single underscores between digits and a fraction of zeros are
 * accepted; `1e3`, `0x10`, `1.5` and non-ASCII digits are not.
 */
export function parseIntLax(text: string): IntResult {
  if (isShortDigits(text)) return { value: Number(text) };
  const whole = withoutZeroFraction(trimWhiteSpace(text));
  const number = whole === undefined ? undefined : withoutLeadingZeros(whole);
  if (number === undefined || !WELL_GROUPED.test(number)) return { error: 'int_parsing' };
  const plain = number.replaceAll('_', '');
  const digits = plain.replace(/^-?0*/, '');
  if (digits.length > MAX_DIGITS) return { error: 'int_parsing_size' };
  if (digits.length <= SAFE_DIGITS) return { value: Number(plain) || 0 }; // never -0
  const exact = BigInt(plain);
  return { value: Number.isSafeInteger(Number(exact)) ? Number(exact) : exact };
}

/** Checks one path or query parameter: returns the value or adds an error. An absent one is `missing`, with input null. */
export function checkInt(text: string | undefined, loc: Loc, errors: FieldError[]): number | bigint | undefined {
  if (text === undefined) {
    errors.push({ type: 'missing', loc, msg: 'Field required', input: null });
    return undefined;
  }
  const result = parseIntLax(text);
  if ('value' in result) return result.value;
  errors.push({ type: result.error, loc, msg: INT_MESSAGES[result.error], input: text.toWellFormed() });
  return undefined;
}

function isShortDigits(text: string): boolean {
  if (text.length === 0 || text.length > SAFE_DIGITS) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** Unicode's White_Space. String.trim() differs: it keeps U+0085 and removes U+FEFF. */
function isWhiteSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  if (code >= 0x2000 && code <= 0x200a) return true;
  return code === 0x1680 || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000;
}

function trimWhiteSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++;
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function withoutZeroFraction(text: string): string | undefined {
  const dot = text.indexOf('.');
  if (dot < 0) return text;
  return /^0+$/.test(text.slice(dot + 1)) ? text.slice(0, dot) : undefined;
}

/**
 * Removes a plus sign and leading zeros with the underscores among them. The quirks of pydantic are kept: `0__1` is 1 and
 * `0-1` is -1.
 */
function withoutLeadingZeros(text: string): string | undefined {
  const unsigned = text.startsWith('+') ? text.slice(1) : text;
  if (text.startsWith('+') && unsigned.startsWith('-')) return undefined;
  if (!unsigned.startsWith('0')) return unsigned;
  let start = 1;
  while (unsigned[start] === '0' || unsigned[start] === '_') start++;
  return start < unsigned.length ? unsigned.slice(start) : unsigned.slice(-1);
}
