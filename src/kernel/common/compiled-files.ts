import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

// Finds compiled files by their suffix, for checks at start.

/** The folder of the compiled sources, dist/src. This file is in dist/src/kernel/common. */
const ROOT = join(import.meta.dirname, '../..');

/** A compiled file. */
export interface CompiledFile {
  readonly path: string;
  /** The path of its source, for messages: `src/posts/post.entity.ts`. */
  readonly source: string;
}

/** Returns the compiled files whose names have this ending (`.entity.js`), sorted by path. */
export function compiledFiles(ending: string): CompiledFile[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => ({
      path: join(ROOT, name),
      source: `src/${name.split(sep).join('/').replace(/js$/, 'ts')}`,
    }));
}

/** Imports a compiled file and returns its exports. */
export function exportsOf({ path }: CompiledFile): Promise<object> {
  return import(pathToFileURL(path).href) as Promise<object>;
}
