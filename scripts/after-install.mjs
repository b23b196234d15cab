// Runs after each install. Removes unused files, gets ReDoc, and builds, so that the first start does not have to.
// Unused is the Node that a dependency brings if the Node of this machine is supported, otherwise only the headers of
// that Node.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { getRedoc, REDOC_REMEDY } from './redoc.mjs';

const root = join(import.meta.dirname, '..');
const packages = join(root, 'node_modules');
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const [, own] = /node\/v(\S+)/.exec(process.env.npm_config_user_agent ?? '') ?? []; // the Node that runs npm

const brought = readdirSync(packages).filter((name) => /^node-(?:linux|win)-/.test(name));
const fits = own === undefined ? undefined : isSupported(own);
if (fits) remove(...brought, '.bin/node');
else for (const name of brought) remove(`${name}/include`, `${name}/share`);
// npm's own warning is off (.npmrc), because on Linux it would be wrong
if (fits === false && brought.length === 0)
  console.error(`Aerie needs Node.js ${engines.node}. This is ${own}: update it.`);

try {
  getRedoc();
  // without the sources, as in a container, the build comes from elsewhere; the first start repeats a failed one and prints why
  if (existsSync(join(root, 'src')))
    spawnSync('node', [join(root, 'scripts/build-if-needed.mjs')], { stdio: 'ignore' });
} catch (error) {
  console.error(`${error.message}\n${REDOC_REMEDY}`);
}

function remove(...names) {
  for (const name of names) rmSync(join(packages, name), { recursive: true, force: true });
}

/** Returns whether `engines.node` allows a version. Supports ranges `^a.b.c` and `>=a.b.c`, separated by `||`. */
function isSupported(version) {
  return engines.node.split('||').some((range) => {
    const [, kind, least] = /^\s*(\^|>=)([\d.]+)\s*$/.exec(range);
    const [given, wanted] = [version, least].map((text) => text.split('.').map(Number));
    if (kind === '^' && given[0] !== wanted[0]) return false;
    const at = given.findIndex((number, i) => number !== wanted[i]);
    return at < 0 || given[at] > wanted[at];
  });
}
