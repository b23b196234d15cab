// Starts Aerie as a program would meet it: on a database of its own in a temporary folder, on a free port.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs the work with `{ url, env, seed(file) }` of a fresh Aerie and stops it afterwards. */
export async function withAerie(variables, work) {
  const dataDir = mkdtempSync(join(tmpdir(), 'aerie-'));
  const env = { ...process.env, DATABASE_URL: '', DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error', ...variables };
  const app = spawn(process.execPath, ['scripts/start.mjs'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await addressOf(app);
    const seed = (file) =>
      execFileSync(process.execPath, ['dist/src/commands/seed.js', file], { env, stdio: 'inherit' });
    return await work({ url, env, seed });
  } finally {
    if (app.exitCode === null) {
      const gone = new Promise((resolve) => app.once('exit', resolve));
      app.kill('SIGTERM');
      await gone;
    }
    rmSync(dataDir, { recursive: true, force: true });
  }
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
