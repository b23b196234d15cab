// Adds resources as users do: the files of the tutorial, also under another name.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MODULES = 'src/app.module.ts';

/**
 * Returns the files that the tutorial of this checkout shows in full, by path. Throws an Error if there are fewer than
 * 5.
 */
export function tutorialFiles(folder) {
  const path = ['docs/tutorial.md', 'docs/developers.md'].map((name) => join(folder, name)).find(existsSync);
  const blocks = readFileSync(path, 'utf8').matchAll(/^`((?:src|test)\/[\w./-]+\.ts)`.*\n+```ts\n([^]*?)```$/gm);
  const files = new Map([...blocks].map(([, file, text]) => [file, text]));
  if (files.size < 5) throw new Error(`${path} shows no resource`);
  return files;
}

/** Writes a resource into a checkout: its folders, and its lines in src/app.module.ts. */
export function addResource(folder, files, [one, many]) {
  const named = (text) =>
    text
      .replaceAll('Notes', capital(many))
      .replaceAll('notes', many)
      .replaceAll('Note', capital(one))
      .replaceAll('note', one);
  for (const [file, text] of files) write(join(folder, named(file)), named(text));
  addModule(folder, capital(many), many);
}

const from = (text) => /from '(.+)'/.exec(text)?.[1] ?? '';

/** Adds the module in alphabetical order, like the other imports. */
function addModule(folder, Name, name) {
  const path = join(folder, MODULES);
  const lines = readFileSync(path, 'utf8').split('\n');
  const line = `import { ${Name}Module } from './${name}/${name}.module.js';`;
  const isAfter = (text) => text.includes(`from './`) && from(text) > from(line);
  const at = lines.findIndex(isAfter);
  lines.splice(at === -1 ? lines.findIndex((text) => text === '') : at, 0, line);
  lines.splice(lines.indexOf('  ],'), 0, `    ${Name}Module,`);
  writeFileSync(path, lines.join('\n'));
}

const capital = (word) => word[0].toUpperCase() + word.slice(1);

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
