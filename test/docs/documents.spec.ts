import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VARIABLES, type Variable } from '../../src/config/config.variables.js';
import { sources } from '../support/sources.js';
import { blocksOf, documents } from './documents.js';

const all = documents();
const [readme] = all;
const others = ['SECURITY.md', 'ARCHITECTURE.md', 'CHANGELOG.md'].map((path) => ({
  path,
  text: readFileSync(path, 'utf8'),
}));
const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts;
const commands = (text: string) => [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name!);
/** Returns the constant part of a message, without numbers and names that are inserted at run time. */
const constant = (message: string) => message.replace(/^Port 8000 on [\d.]+ /, '').replace(/ (?:\d+ errors|…)$/, ' ');
const withoutBlocks = (text: string) => text.replaceAll(/```[^]*?```/g, '');

describe('the README', () => {
  it('has at most 150 lines and exactly five blocks of shell commands', () => {
    expect(readme!.text.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
    expect(blocksOf(readme!).filter(({ language }) => language === 'sh')).toHaveLength(5);
  });

  it('shows a PNG picture of the explorer of less than 150 kB', () => {
    const [, path] = /!\[[^\]]{20,}\]\(([^)]+\.png)\)/.exec(readme!.text)!;
    const picture = readFileSync(path!);
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.length).toBeLessThan(150_000);
  });

  it('links to every document, directly or through another document', () => {
    const inDocs = all.slice(1).map(({ text }) => text.replaceAll(/\]\((?=[\w-]+\.md)/g, '](docs/'));
    const links = [readme!.text, ...inDocs].join('\n');
    for (const { path } of [...all.slice(1), ...others]) expect(links).toContain(`](${path}`);
  });

  it('quotes only messages that exist in the source code', () => {
    const [, table] = /## If something goes wrong\n([^]*)/.exec(readme!.text)!;
    const quoted = [...table!.matchAll(/^\| `([A-Z][^`]+)`/gm)].map(([, message]) => message!);
    expect(quoted.length).toBeGreaterThan(5);
    const scripts = readdirSync('scripts').filter((name) => name.endsWith('.mjs'));
    const said = [
      ...sources('src').map(({ text }) => text),
      ...scripts.map((name) => readFileSync(`scripts/${name}`, 'utf8')),
    ];
    expect(quoted.filter((message) => !said.some((text) => text.includes(constant(message))))).toEqual([]);
  });
});

const beside = ['src/embedded-postgres/README.md'].map((path) => ({ path, text: readFileSync(path, 'utf8') }));

describe.each([...all, ...others, ...beside])('$path', ({ path, text }) => {
  it('has no broken links', () => {
    const links = [...withoutBlocks(text).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    const broken = links.filter(([, to, anchor]) => {
      const target = to === '' ? path : join(dirname(path), to!);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('mentions only npm scripts that exist', () => {
    expect(commands(text).filter((name) => !(name in scripts))).toEqual([]);
  });

  it('mentions only files that exist', () => {
    // notes and things are resources that the reader adds
    const paths =
      /(?:node |`)((?:scripts|bench|deploy|test\/(?!notes|things)[\w-]+)\/[\w./-]+\.\w+|test\/[\w.-]+\.ts)/g;
    const named = [...text.matchAll(paths)].map(([, file]) => file!);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });
});

it('no shell block can wait forever or set a variable of the shell itself', () => {
  const own = /^\s*(?:MAIL|PATH|HOME|PS1|IFS|SECONDS|RANDOM|UID|USER|SHELL)=/m;
  const shell = all.flatMap(blocksOf).filter(({ language }) => language === 'sh');
  expect(shell.length).toBeGreaterThan(15);
  expect(shell.filter(({ text }) => /(?:^|; *)(?:while|until|read|tail -f)\b/m.test(text) || own.test(text))).toEqual(
    [],
  );
});

it('every block of commands is executed, except for a known list', () => {
  const shown = all.flatMap((document) => blocksOf(document).filter(({ answer }) => answer === undefined));
  const commandsOnly = shown.filter(({ language }) => language === 'sh' || language === '');
  const lines = commandsOnly.flatMap(({ text }) => text.trimEnd().split('\n'));
  expect(lines.map((line) => line.split(/ {2,}#/)[0])).toEqual([
    'npm ci && npm start', // tested by test/process/image.e2e-spec.ts and by every start in the tests
    'npm ci && npm test',
    'echo "JWT_SECRET=$(openssl rand -base64 48)" >>.env',
    'docker compose up --build',
  ]);
});

describe('docs/configuration.md', () => {
  const { text } = all.find(({ path }) => path === 'docs/configuration.md')!;
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (.+?) \| (.+) \|$/gm)];
  const variables = Object.entries<Variable<unknown>>(VARIABLES);

  it('lists every variable, in the order of .env.example', () => {
    expect(rows.map(([, name]) => name)).toEqual(variables.map(([name]) => name));
  });

  it('states the default of every variable that has one', () => {
    const defaults = variables.map(([, { fallback }]) =>
      JSON.stringify(fallback ?? '').replaceAll(/^"|"$|^\[\]$/g, ''),
    );
    expect(defaults.filter((value) => value !== '').length).toBeGreaterThan(15);
    const untold = rows.filter(([, , told], i) => defaults[i] !== '' && !told!.startsWith(`\`${defaults[i]}\``));
    expect(untold.map(([, name]) => name)).toEqual([]);
  });
});

describe('docs/developers.md', () => {
  const { text } = all.find(({ path }) => path === 'docs/developers.md')!;
  const { text: operators } = all.find(({ path }) => path === 'docs/operators.md')!;

  it('mentions every npm script that docs/operators.md does not mention', () => {
    const inside = new Set(['postinstall', 'build', 'start', 'test', 'jest', 'format:check', 'fuzz']);
    const named = new Set([...commands(text), ...commands(operators)]);
    expect(Object.keys(scripts).filter((name) => !named.has(name) && !inside.has(name))).toEqual([]);
  });
});

/** Returns the anchors of a document's headings, as GitHub generates them. */
function anchorsOf(path: string): string[] {
  const headings = [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)];
  return headings.map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
