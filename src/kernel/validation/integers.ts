import { trimCharacters } from './text-normalization.js';

// Parses integers in text as pydantic does.

export type IntError = 'int_parsing' | 'int_parsing_size';

/** The value is a bigint only outside of the safe integers. */
export type IntResult = { value: number | bigint } | { error: IntError };

export const INT_MESSAGES: Record<IntError, string> = {
  int_parsing: 'Input should be a valid integer, unable to parse string as an integer',
  int_parsing_size: 'Unable to parse input string as an integer, exceeded maximum size',
};

const MAX_DIGITS = 4300; // Python's limit: the cost of conversion is quadratic, in BigInt, too
const SAFE_DIGITS = 15;
const SHORT = new RegExp(String.raw`^\d{1,${SAFE_DIGITS}}$`);
/** String.trim() differs: it keeps U+0085 and removes U+FEFF. */
const WHITE_SPACE = /\p{White_Space}/u;
const WELL_GROUPED = /^-?\d+(?:_\d+)*$/;

/**
 * Parses pydantic's lax integer. White space around it, a sign, single underscores between digits and a fraction of
 * zeros are accepted; `1e3`, `0x10`, `1.5` and non-ASCII digits are not.
 */
export function parseIntLax(text: string): IntResult {
  if (SHORT.test(text)) return { value: Number(text) };
  const whole = withoutZeroFraction(trimCharacters(text, WHITE_SPACE));
  const number = whole === undefined ? undefined : withoutLeadingZeros(whole);
  if (number === undefined || !WELL_GROUPED.test(number)) return { error: 'int_parsing' };
  const plain = number.replaceAll('_', '');
  const digits = plain.replace(/^-?0*/, '');
  if (digits.length > MAX_DIGITS) return { error: 'int_parsing_size' };
  if (digits.length <= SAFE_DIGITS) return { value: Number(plain) || 0 }; // never -0
  const exact = BigInt(plain);
  return { value: Number.isSafeInteger(Number(exact)) ? Number(exact) : exact };
}

function withoutZeroFraction(text: string): string | undefined {
  const dot = text.indexOf('.');
  if (dot < 0) return text;
  return /^0+$/.test(text.slice(dot + 1)) ? text.slice(0, dot) : undefined;
}

/**
 * Removes a plus sign and leading zeros with the underscores among them. The quirks of pydantic are kept: `0__1` is 1
 * and `0-1` is -1.
 */
function withoutLeadingZeros(text: string): string | undefined {
  return text.startsWith('+-') ? undefined : text.replace(/^\+?(?:0[0_]*(?=.))?/s, '');
}
