import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The folder of all compiled sources: this file is in dist/src/kernel/common. */
const ROOT = join(import.meta.dirname, '../..');

/** A compiled file. */
export interface CompiledFile {
  readonly path: string;
  /** What it was compiled from, as people know it: `src/posts/post.entity.ts`. */
  readonly source: string;
}

/** The compiled files whose names end so (`.entity.js`), in the order of their paths. */
export function compiledFiles(ending: string): CompiledFile[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => ({
      path: join(ROOT, name),
      source: `src/${name.split(sep).join('/').replace(/js$/, 'ts')}`,
    }));
}

/** What a compiled file exports. */
export function exportsOf({ path }: CompiledFile): Promise<object> {
  return import(pathToFileURL(path).href) as Promise<object>;
}
