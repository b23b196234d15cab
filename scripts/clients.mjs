// Generates clients from the OpenAPI document of a fresh Aerie and compiles them in strict mode. Each client then signs
// in, places an order, walks the pages, and reads a 422 and a 429. The generators come from npm and PyPI in fixed
// versions. They are installed into .data/clients, because they are not dependencies of Aerie. The exit code is 69 if
// the generators cannot be installed.
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { command } from './command.mjs';
import { withAerie } from './with-aerie.mjs';

const FROM_NPM = {
  '@hey-api/openapi-ts': '0.99.0',
  '@types/node': '24.19.2',
  'openapi-fetch': '0.17.0',
  'openapi-typescript': '7.13.0',
  orval: '8.38.0',
  typescript: '5.9.3',
  zod: '4.6.7',
};
const FROM_PYPI = { 'openapi-python-client': '0.29.1', mypy: '2.4.1' };
const UNAVAILABLE = 69;
/** The time limit for installing packages. A registry that is slower counts as unavailable. */
const INSTALLED_WITHIN_MS = 90_000;
const DONE_WITHIN_MS = 60_000;

command('npm run clients', 'Generate clients from the OpenAPI document of a fresh Aerie, and test them.').parse();
const home = resolve('.data/clients');
const sources = resolve('scripts/clients');
const tool = (name) => join(home, 'node_modules/.bin', name);
const python = (name) => join(home, 'py/bin', name);
const env = { ...process.env, PATH: `${join(home, 'py/bin')}:${process.env.PATH}` }; // the Python generator calls ruff

mkdirSync(home, { recursive: true });
installNode();
const hasPython = installPython();
// After three wrong passwords for one name, sign-ins get a 429.
try {
  await withAerie({ AUTH_FREE_FAILURES: '3' }, check);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function check({ url }) {
  const document = await (await fetch(`${url}/openapi.json`)).text();
  rmSync(join(home, 'src'), { recursive: true, force: true });
  cpSync(sources, join(home, 'src'), { recursive: true });
  writeFileSync(join(home, 'src/openapi.json'), document);
  const rows = [
    await typescript(url),
    hasPython
      ? await ofPython(url)
      : 'SKIPPED: openapi-python-client (python3 with venv, or its packages from PyPI, are not available)',
  ];
  console.log(rows.flat().join('\n'));
}

/** Generates the TypeScript clients, compiles all of them at once and runs them. Returns their output. */
async function typescript(url) {
  const src = join(home, 'src');
  await run(tool('openapi-typescript'), ['openapi.json', '-o', 'gen/openapi-typescript.ts'], src);
  await run(tool('openapi-ts'), ['-i', 'openapi.json', '-o', 'gen/hey-api'], src);
  await run(tool('orval'), ['--config', 'orval.config.mjs'], src);
  await run(tool('tsc'), ['-p', 'tsconfig.json'], src);
  const names = ['openapi-typescript', 'hey-api', 'orval'];
  const told = [];
  for (const name of names) told.push(await run(process.execPath, [`out/${name}.js`, url], src));
  return told;
}

async function ofPython(url) {
  const src = join(home, 'src');
  const args = ['generate', '--path', 'openapi.json', '--output-path', 'gen/aerie_client', '--meta', 'none'];
  const generated = await run(python('openapi-python-client'), [...args, '--overwrite'], src);
  await run(python('mypy'), ['--strict', '--config-file', 'mypy.ini', 'python_client.py', 'gen/aerie_client'], src);
  const ran = await run(python('python'), ['python_client.py', url], src);
  const left = [...generated.matchAll(/WARNING parsing (\S+ \S+)/g)].map(([, operation]) => operation);
  return left.length === 0
    ? ran
    : `${ran} (without ${left.join(', ')}: the generator does not support the request body)`;
}

/** Runs a program and returns its output. Throws an Error with the output if the program fails or takes too long. */
async function run(file, args, cwd) {
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, {
      cwd,
      env: { ...env, MYPYPATH: 'gen', PYTHONPATH: 'gen' },
      maxBuffer: 2 ** 24,
      timeout: DONE_WITHIN_MS,
    });
    return (stdout + stderr).trim();
  } catch ({ stdout, stderr, message }) {
    throw new Error(`${[file, ...args].join(' ')}\n${stdout ?? ''}${stderr ?? message}`);
  }
}

function installNode() {
  const manifest = JSON.stringify({ private: true, type: 'module', dependencies: FROM_NPM });
  if (isInstalled('package.json', manifest)) return;
  writeFileSync(join(home, 'package.json'), manifest);
  const network = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=1000'];
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...network], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: INSTALLED_WITHIN_MS,
  });
  if (status === 0) return;
  rmSync(join(home, 'package.json'));
  unavailable(`npm could not install the generators within ${INSTALLED_WITHIN_MS / 1000} s`);
}

/**
 * Returns whether the Python packages are installed. They are not if Python, its venv module or the registry is
 * missing.
 */
function installPython() {
  const wanted = JSON.stringify(FROM_PYPI);
  if (isInstalled('py/wanted.json', wanted)) return true;
  if (spawnSync('python3', ['-m', 'venv', '--clear', join(home, 'py')]).status !== 0) return false;
  const packages = Object.entries(FROM_PYPI).map(([name, version]) => `${name}==${version}`);
  const { status } = spawnSync(python('pip'), ['install', '--quiet', '--retries=1', ...packages], {
    stdio: 'inherit',
    timeout: INSTALLED_WITHIN_MS,
  });
  if (status !== 0) return false;
  writeFileSync(join(home, 'py/wanted.json'), wanted);
  return true;
}

function isInstalled(marker, wanted) {
  const file = join(home, marker);
  return existsSync(file) && readFileSync(file, 'utf8') === wanted;
}

function unavailable(why) {
  console.error(`SKIPPED: ${why}`);
  process.exit(UNAVAILABLE);
}
