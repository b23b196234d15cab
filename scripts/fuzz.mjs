// Fuzzes a fresh Aerie with schemathesis (from PyPI, in a virtual environment of its own): all checks, the stateful phase,
// as nobody, as a user and as an admin. usage: node scripts/fuzz.mjs [EXAMPLES] [SEED]   (examples per operation, default 5; the same seed tries the same, default 1)
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { withAerie } from './aerie.mjs';

const VERSION = '4.32.5';
const home = resolve('.data/fuzz');
const st = join(home, 'bin/st');
if (!existsSync(st)) {
  execFileSync('python3', ['-m', 'venv', home]);
  execFileSync(join(home, 'bin/pip'), ['install', '--quiet', `schemathesis==${VERSION}`], { stdio: 'inherit' });
}

const PEOPLE = ['', 'user@example.com', 'admin@example.com'];
const seedFile = resolve('test/fuzz/seed.json');
const [examples = '5', seed = '1'] = process.argv.slice(2);
await withAerie({ DEMO_DATA: 'false', ACCESS_TOKEN_MINUTES: '60' }, ({ url, seed: fill }) => {
  for (const email of PEOPLE) {
    fill(seedFile);
    console.log(`as ${email || 'nobody'}`);
    const args = [
      'run',
      `${url}/openapi.json`,
      '-n',
      examples,
      '--checks',
      'all',
      '--continue-on-failure',
      '--seed',
      seed,
    ];
    args.push('--exclude-path', '/users/import'); // it writes no CSV and no NDJSON
    const env = {
      ...process.env,
      AERIE_URL: url,
      AERIE_EMAIL: email,
      SCHEMATHESIS_HOOKS: 'hooks',
      PYTHONDONTWRITEBYTECODE: '1',
      HYPOTHESIS_STORAGE_DIRECTORY: join(home, 'hypothesis'),
    };
    const { status } = spawnSync(st, args, { cwd: 'test/fuzz', env, stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
});
