// Fuzzes a fresh Aerie with schemathesis (from PyPI, in its own virtual environment). Runs all checks and the stateful
// phase three times: not signed in, as a user and as an admin.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { command, whole } from './command.mjs';
import { withAerie } from './with-aerie.mjs';

const VERSION = '4.32.5';
const [examples, seed] = command('npm run fuzz --', 'Fuzz a fresh Aerie with schemathesis.')
  .argument('[EXAMPLES]', 'number of examples per operation', whole(1), 5)
  .argument('[SEED]', 'seed of the random examples', whole(0), 1)
  .parse().processedArgs;
const home = resolve('.data/fuzz');
const st = join(home, 'bin/st');
if (!existsSync(st)) {
  execFileSync('python3', ['-m', 'venv', home]);
  execFileSync(join(home, 'bin/pip'), ['install', '--quiet', `schemathesis==${VERSION}`], { stdio: 'inherit' });
}

const PEOPLE = ['', 'user@example.com', 'admin@example.com'];
const seedFile = resolve('test/fuzz/seed.json');
await withAerie({ DEMO_DATA: 'false', ACCESS_TOKEN_MINUTES: '60' }, ({ url, seed: fill }) => {
  for (const email of PEOPLE) {
    fill(seedFile);
    console.log(`as ${email || 'anonymous'}`);
    const args = [
      'run',
      `${url}/openapi.json`,
      '-n',
      String(examples),
      '--checks',
      'all',
      '--continue-on-failure',
      '--seed',
      String(seed),
    ];
    args.push('--exclude-path', '/users/import'); // schemathesis generates neither CSV nor NDJSON
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
