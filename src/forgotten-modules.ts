import type { ModulesContainer } from '@nestjs/core';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const FILE = /\.module\.js$/;

/**
 * Returns a message for each module of a feature folder (`<root>/<feature>/<name>.module.js`) that the application does
 * not have: its routes would return 404 without any warning. Searches by file, to find modules that nothing imports.
 */
export async function forgottenModules(root: string, modules: ModulesContainer): Promise<string[]> {
  const known = new Set([...modules.values()].map(({ metatype }) => metatype.name));
  const sentences: string[] = [];
  for (const file of moduleFiles(root)) {
    const names = Object.keys((await import(pathToFileURL(join(root, file)).href)) as object);
    for (const name of names.filter((one) => one.endsWith('Module') && !known.has(one))) {
      sentences.push(
        `src/${file.replace(/\.js$/, '.ts')}: ${name} is not imported anywhere. Add it to src/app.module.ts`,
      );
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
