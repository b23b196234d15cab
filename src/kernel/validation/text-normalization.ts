// Unicode: trimming, visible characters, normalization.

/** Unicode's white space and the byte order mark, which editors put at the beginning of a text. */
const WHITE_SPACE = /[\p{White_Space}\ufeff]/u;

/** Control characters other than white space. */
const CONTROL = /(?!\p{White_Space})\p{Cc}/u;

/** Trims a text. A text of white space only, or with control characters, stays as it is. */
export function trimmed(text: string): string {
  return CONTROL.test(text) ? text : trimCharacters(text, WHITE_SPACE) || text;
}

/** Removes such characters at both ends, in a loop, since a pattern could take quadratic time. */
export function trimCharacters(text: string, character: RegExp): string {
  let [start, end] = [0, text.length];
  while (start < end && character.test(text[start]!)) start++;
  while (end > start && character.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

/** Letters, digits, punctuation, symbols and private-use characters. Marks need one of these before them. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}\p{Co}]/u;
/**
 * Characters of these categories that are blank: fillers as in Hangul, the Braille blank, the musical null notehead.
 */
const BLANK = /[\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/u;

/** Whether the text has a visible character. */
export function isVisible(text: string): boolean {
  for (const character of text) if (VISIBLE.test(character) && !BLANK.test(character)) return true;
  return false;
}

/** Invisible characters, other than marks and spaces. */
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]|[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Co}\p{White_Space}]/gu;

/** Returns what counts for a minimum length: the trimmed text without invisible characters. */
export function withoutInvisible(text: string): string {
  return trimmed(text.replaceAll(INVISIBLE, ''));
}

/** Line breaks, control characters, and those that change the direction of a text (`Bidi_Control`). */
const BREAKING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Whether a text has none of these, so that it cannot affect the text around it. */
export function isOneLine(text: string): boolean {
  return !BREAKING.test(text);
}

/**
 * Longer texts are not normalized, since they are invalid anyway: the cost grows with the square of the number of
 * marks.
 */
export const MAX_NORMALIZED = 2000;

/**
 * The form in which passwords are hashed and compared: OpaqueString (RFC 8265). Every space becomes U+0020, and
 * characters are composed (NFC). Letter case, width and white space around the password matter.
 */
export function opaqueString(password: string): string {
  return password.length > MAX_NORMALIZED ? password : password.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC');
}

/** More marks than any character has (Unicode's Stream-Safe Text Format). */
const MANY_MARKS = /\p{M}{31}/u;

/**
 * Composes the characters of a text (NFC). A text with many marks in a row stays as it is, since the cost is quadratic.
 */
export function toNfc(text: string): string {
  return MANY_MARKS.test(text) ? text : text.normalize('NFC');
}
