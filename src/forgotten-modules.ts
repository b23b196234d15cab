import type { ModulesContainer } from '@nestjs/core';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const FILE = /\.module\.js$/;

/**
 * A sentence for each module of a feature folder (`<root>/<feature>/<name>.module.js`) that the application does not have:
 * its routes would be 404s without a word. Found by file, so that a module that nobody imports is found, too.
 */
export async function forgottenModules(root: string, modules: ModulesContainer): Promise<string[]> {
  const known = new Set([...modules.values()].map(({ metatype }) => metatype.name));
  const sentences: string[] = [];
  for (const file of moduleFiles(root)) {
    const names = Object.keys((await import(pathToFileURL(join(root, file)).href)) as object);
    for (const name of names.filter((one) => one.endsWith('Module') && !known.has(one))) {
      sentences.push(`src/${file.replace(/\.js$/, '.ts')}: ${name} is in use nowhere. Add it to src/app.module.ts`);
    }
  }
  return sentences;
}

function moduleFiles(root: string): string[] {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) => {
    return readdirSync(join(root, name))
      .filter((file) => FILE.test(file))
      .map((file) => `${name}/${file}`);
  });
}
