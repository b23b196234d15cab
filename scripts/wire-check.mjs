// Runs a folder of wire cases (with their check.py) against a fresh Aerie. Fails on any 5xx and on any difference that the
// folder does not list as intended. usage: node scripts/wire-check.mjs FOLDER
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { withAerie } from './aerie.mjs';

const [folder] = process.argv.slice(2);
const variables = { CORS_ORIGINS: 'https://myapp.com', JWT_SECRET: 'oracle-secret-key-of-at-least-32-bytes' };
await withAerie(variables, ({ url, seed }) => {
  seed(join(folder, 'seed.json'));
  const output = execFileSync('python3', [join(folder, 'check.py'), url, '-v'], { encoding: 'utf8' });
  const lines = output.trim().split('\n');
  console.log([...lines.filter((line) => /^(DIFFERENT|5XX)/.test(line)), lines.at(-1)].join('\n'));
  const [, different, serverErrors] = /different (\d+) 5xx (\d+)/.exec(lines.at(-1)) ?? [];
  process.exitCode = Number(serverErrors) === 0 && Number(different) === 0 ? 0 : 1;
});
