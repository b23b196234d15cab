import { readFileSync } from 'node:fs';
import { compiledFiles } from '../common/compiled-files.js';

/** Something in the application's source is declared wrong. The message names each mistake, its file and its remedy. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';

  constructor(readonly mistakes: readonly string[]) {
    super(mistakes.join('\n'));
  }
}

/** ` (src/posts/posts.controller.ts)`, where a class of this name is found; looked up only once something is wrong. */
export function inFileOf(className: string): string {
  const declares = new RegExp(`\\bclass ${className}\\b`);
  const file = compiledFiles('.js').find(({ path }) => declares.test(readFileSync(path, 'utf8')));
  return file === undefined ? '' : ` (${file.source})`;
}
