// Starts Aerie as a separate process, on its own database in a temporary folder and on a free port.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Starts a fresh Aerie, runs `work` with `{ url, env, seed(file) }`, and stops Aerie afterwards. Returns the result of
 * `work`.
 */
export async function withAerie(variables, work) {
  const dataDir = mkdtempSync(join(tmpdir(), 'aerie-'));
  const env = { ...process.env, DATABASE_URL: '', DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error', ...variables };
  const app = spawn(process.execPath, ['scripts/aerie.mjs', 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await addressOf(app);
    const seed = (file) =>
      execFileSync(process.execPath, ['scripts/aerie.mjs', 'seed', '--yes', file], { env, stdio: 'inherit' });
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

/** Returns the address that the application prints when it is ready. Rejects if the application exits first. */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const address = /API +(http\S+)/.exec(printed)?.[1];
      if (address) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`Aerie exited with ${code}:\n${printed}`)));
  });
}
