// Generates and compiles the client unless that was done with exactly these sources. Uses the tools and the OpenAPI
// document of the surrounding project.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { command } from '../../scripts/command.mjs';
import { generate } from './generate.mjs';

command('npm run client', 'Build aerie-client, unless client/dist/ is up to date.').parse();

const client = join(import.meta.dirname, '..');
const dist = join(client, 'dist');
const generated = join(client, 'src/generated');
const stamp = join(generated, '.built');
const document = join(client, '../openapi.json');

const wanted = fingerprint();
if (!existsSync(join(dist, 'index.js')) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  for (const folder of [dist, generated]) rmSync(folder, { recursive: true, force: true });
  await generate(JSON.parse(readFileSync(document, 'utf8')), generated);
  // Editors show the comments of the types. Those of the code would be a quarter of what a page loads.
  const isBuilt =
    compile('--emitDeclarationOnly') && compile('--declaration', 'false', '--removeComments', '--noCheck');
  if (isBuilt) writeFileSync(stamp, wanted);
  else process.exitCode = 1;
}

function compile(...options) {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  return spawnSync(process.execPath, [compiler, '-p', client, ...options], { stdio: 'inherit' }).status === 0;
}

function fingerprint() {
  const hash = createHash('sha256');
  const sources = readdirSync(join(client, 'src')).filter((name) => name.endsWith('.ts'));
  const scripts = ['scripts/generate.mjs', 'scripts/build-if-needed.mjs'];
  const files = [...sources.map((name) => `src/${name}`), ...scripts, 'tsconfig.json', '../openapi.json'];
  for (const file of [...files, '../package-lock.json'])
    hash.update(`${file}\0`).update(readFileSync(join(client, file)));
  return hash.digest('hex');
}
