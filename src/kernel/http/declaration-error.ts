import { readFileSync } from 'node:fs';
import { compiledFiles } from '../common/compiled-files.js';

/** Mistakes in the declarations of the application. The message has each with its file and its remedy. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
  }
}

/** Returns ` (src/posts/posts.controller.ts)` for the file that declares a class of this name, for messages. */
export function inFileOf(className: string): string {
  const declares = new RegExp(`\\bclass ${className}\\b`);
  const file = compiledFiles('.js').find(({ path }) => declares.test(readFileSync(path, 'utf8')));
  return file === undefined ? '' : ` (${file.source})`;
}
