// Runs a folder of wire cases (with their check.py) against a fresh Aerie. Fails on any 5xx response, and on any
// difference that the folder does not list as intended.
import { InvalidArgumentError } from 'commander';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './command.mjs';
import { withAerie } from './with-aerie.mjs';

const [folder] = command('npm run wire --', 'Compare a fresh Aerie with a folder of wire cases.')
  .argument('<FOLDER>', 'a folder with seed.json and check.py', folderOfCases)
  .parse().args;
const variables = { CORS_ORIGINS: 'https://myapp.com', JWT_SECRET: 'oracle-secret-key-of-at-least-32-bytes' };
await withAerie(variables, ({ url, seed }) => {
  seed(join(folder, 'seed.json'));
  const output = execFileSync('python3', [join(folder, 'check.py'), url, '-v'], { encoding: 'utf8' });
  const lines = output.trim().split('\n');
  console.log([...lines.filter((line) => /^(DIFFERENT|5XX)/.test(line)), lines.at(-1)].join('\n'));
  const [, different, serverErrors] = /different (\d+) 5xx (\d+)/.exec(lines.at(-1)) ?? [];
  process.exitCode = Number(serverErrors) === 0 && Number(different) === 0 ? 0 : 1;
});

function folderOfCases(name) {
  const missing = ['seed.json', 'check.py'].find((file) => !existsSync(join(name, file)));
  if (missing !== undefined) throw new InvalidArgumentError(`It has no file ${missing}.`);
  return name;
}
