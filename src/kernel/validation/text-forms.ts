/** White space as Unicode has it, and the byte order mark, which editors leave at the beginning of a text. */
const WHITE_SPACE = /[\p{White_Space}\ufeff]/u;

/** No keyboard writes these: a text that has one is not what somebody typed. */
const CONTROL = /(?!\p{White_Space})\p{Cc}/u;

/**
 * The text without the white space around it; one that is nothing else, or that nobody typed, stays as it is. No pattern of
 * its own: one that goes back and forth takes long.
 */
export function trimmed(text: string): string {
  if (CONTROL.test(text)) return text;
  let [start, end] = [0, text.length];
  while (start < end && WHITE_SPACE.test(text[start]!)) start++;
  while (end > start && WHITE_SPACE.test(text[end - 1]!)) end--;
  return start === end ? text : text.slice(start, end);
}

/** Letters, digits, punctuation and symbols; marks need one of those, the rest controls, formats or separates. */
const SEEN = /[\p{L}\p{N}\p{P}\p{S}\p{Co}]/u;
/** What has no ink all the same: the fillers of Hangul and the like, the blank of Braille, a note without a head. */
const BLANK = /[\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/u;

/** Whether there is anything to be seen in it. */
export function isVisible(text: string): boolean {
  for (const character of text) if (SEEN.test(character) && !BLANK.test(character)) return true;
  return false;
}

/** Normalising takes the square of the number of marks: a text that is longer than any that is taken stays as it is. */
export const MAX_NORMALIZED = 2000;

/**
 * The form of a password that is checked: RFC 8265's OpaqueString. Every space is U+0020, and characters that are composed in
 * different ways are one (NFC); letter case, width and white space around it count.
 */
export function opaqueString(password: string): string {
  return password.length > MAX_NORMALIZED ? password : password.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC');
}
