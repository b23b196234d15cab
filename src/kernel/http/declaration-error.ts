import { readdirSync, readFileSync } from 'node:fs';

/** Something in the application's source is declared wrong. The message names each mistake, its file and its remedy. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';

  constructor(readonly mistakes: readonly string[]) {
    super(mistakes.join('\n'));
  }
}

/** Compiled to dist/src/kernel/http: all sources are beside it. */
const SOURCES = `${import.meta.dirname}/../..`;

/** ` (src/posts/posts.controller.ts)`, where a class of this name is found; looked up only once something is wrong. */
export function inFileOf(className: string): string {
  const declares = new RegExp(`\\bclass ${className}\\b`);
  const file = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).find(
    (path) => path.endsWith('.js') && declares.test(readFileSync(`${SOURCES}/${path}`, 'utf8')),
  );
  return file === undefined ? '' : ` (src/${file.replace(/\.js$/, '.ts')})`;
}
