import { passwordForm } from './password-form.js';

/** The list of common passwords, in lower case. */
let common: Promise<ReadonlySet<string>> | undefined;

/** Characters that people append to a word to satisfy a rule: `Sunshine2024`, `Sunshine!`. */
const SUFFIX = /[^\p{L}]{1,4}$/u;

/**
 * Whether it is one of 49,000 common passwords, in any letter case and spelling, also with up to four digits or signs
 * appended.
 */
export async function isCommon(password: string): Promise<boolean> {
  common ??= load(); // 7 MB, so it is loaded on first use
  const word = passwordForm(password).toLowerCase();
  const list = await common;
  return list.has(word) || list.has(word.replace(SUFFIX, ''));
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}
