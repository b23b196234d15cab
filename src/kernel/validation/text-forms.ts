/** Unicode's white space and the byte order mark, which editors leave at the beginning of a text. */
const WHITE_SPACE = /[\p{White_Space}\ufeff]/u;

/** Control characters: nobody types them. */
const CONTROL = /(?!\p{White_Space})\p{Cc}/u;

/** The text without white space around it. A text of white space only, or with control characters, stays as it is. */
export function trimmed(text: string): string {
  return CONTROL.test(text) ? text : trimmedOf(text, WHITE_SPACE) || text;
}

/** The text without such characters around it. A loop, since a pattern could take quadratic time. */
export function trimmedOf(text: string, character: RegExp): string {
  let [start, end] = [0, text.length];
  while (start < end && character.test(text[start]!)) start++;
  while (end > start && character.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

/** Letters, digits, punctuation, symbols and private-use characters. Marks need one of these before them. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}\p{Co}]/u;
/** Characters among those that show nothing: fillers as in Hangul, the Braille blank, the musical null notehead. */
const BLANK = /[\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/u;

/** Whether the text has a visible character. */
export function isVisible(text: string): boolean {
  for (const character of text) if (VISIBLE.test(character) && !BLANK.test(character)) return true;
  return false;
}

/** Whatever shows nothing, between visible characters, marks and spaces. */
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]|[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Co}\p{White_Space}]/gu;

/** What is counted where so many characters are needed: the text without invisible ones, and without white space around it. */
export function countable(text: string): string {
  return trimmed(text.replaceAll(INVISIBLE, ''));
}

/** Line breaks, control characters, and characters that turn the direction of a text (`Bidi_Control`). */
const BREAKING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Whether the text stays on its line, and changes nothing around it. */
export function isOneLine(text: string): boolean {
  return !BREAKING.test(text);
}

/** Longer texts are not normalized, as they are refused anyway: the cost grows with the square of the number of marks. */
export const MAX_NORMALIZED = 2000;

/**
 * The form in which passwords are hashed and compared: OpaqueString (RFC 8265). Every space becomes U+0020, and characters are
 * composed (NFC). Letter case, width and white space around the password matter.
 */
export function opaqueString(password: string): string {
  return password.length > MAX_NORMALIZED ? password : password.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC');
}

/** More marks than a character of any language has (Unicode's Stream-Safe Text Format). */
const MANY_MARKS = /\p{M}{31}/u;

/**
 * The text with its characters composed (NFC), of any length: the cost grows with the square of the marks in a row, so a text
 * with many of them stays as it is.
 */
export function composed(text: string): string {
  return MANY_MARKS.test(text) ? text : text.normalize('NFC');
}
