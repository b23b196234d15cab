import { passwordForm } from './password-form.js';

/** Lower case, as the list has them. */
let common: Promise<ReadonlySet<string>> | undefined;

/** What people put behind a word to satisfy a rule: `Sunshine2024`, `Sunshine!`. */
const SUFFIX = /[^\p{L}]{1,4}$/u;

/** Whether it is one of 49,000 passwords that many people use, whatever its letter case and spelling, or one of them with a few digits or signs behind it. */
export async function isCommon(password: string): Promise<boolean> {
  common ??= load(); // 7 MB, which nobody pays for who does not ask
  const word = passwordForm(password).toLowerCase();
  const list = await common;
  return list.has(word) || list.has(word.replace(SUFFIX, ''));
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}
