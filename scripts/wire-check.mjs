// Starts Aerie on a database of its own, loads the seed file and runs the wire cases against it. Fails on any 5xx and
// on fewer good answers than promised. usage: node scripts/wire-check.mjs FOLDER
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Differences that follow from the product's own rules; see the closing words of `different` in the output. */
const MAX_DIFFERENT = 12;

const [folder] = process.argv.slice(2);
const dataDir = mkdtempSync(join(tmpdir(), 'aerie-wire-'));
const env = {
  ...process.env,
  DATA_DIR: dataDir,
  PORT: '0',
  DATABASE_URL: '',
  CORS_ORIGINS: 'https://myapp.com',
  JWT_SECRET: 'oracle-secret-key-of-at-least-32-bytes',
};
const app = spawn(process.execPath, ['scripts/start.mjs'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const url = await addressOf(app);
  execFileSync(process.execPath, ['dist/src/commands/seed.js', join(folder, 'seed.json')], { env, stdio: 'inherit' });
  const output = execFileSync('python3', [join(folder, 'check.py'), url, '-v'], { encoding: 'utf8' });
  const total = output.trim().split('\n').at(-1);
  console.log(output.split('\n').filter((line) => /^(DIFFERENT|5XX)/.test(line)).join('\n'), `\n${total}`);
  const [, different, serverErrors] = /different (\d+) 5xx (\d+)/.exec(total) ?? [];
  process.exitCode = Number(serverErrors) === 0 && Number(different) <= MAX_DIFFERENT ? 0 : 1;
} finally {
  app.kill('SIGTERM');
  await new Promise((resolve) => app.once('exit', resolve));
  rmSync(dataDir, { recursive: true, force: true });
}

/** The address that the application prints when it is ready. */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const address = /API +(http\S+)/.exec(printed)?.[1];
      if (address) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`Aerie ended with ${code}:\n${printed}`)));
  });
}
