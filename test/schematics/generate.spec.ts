import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '../../schematics/generate.ts');
/** The documented resource under a name that no project has: users may have generated that one. */
const PANGOLIN =
  'resource pangolin name:string(2..100) email:email country:enum(US,DE,FR) note:text? founded:date? balance:cents --search name,email --writes admin --reads public';

function generate(line: string, cwd = process.cwd()) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...line.split(' ').filter(Boolean)], {
    cwd,
    encoding: 'utf8',
  });
  return { status, stdout, stderr: stderr.trim() };
}

const changes = () => spawnSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).stdout;

/** Returns the files of a dry run by path. */
function filesOf(line: string): Map<string, string> {
  const { status, stdout } = generate(`${line} --dry-run`);
  expect(status).toBe(0);
  const parts = stdout.split(/^--- (.+)\n/m).slice(1);
  return new Map(parts.flatMap((path, at) => (at % 2 === 0 ? [[path, parts[at + 1]!] as const] : [])));
}

it('a dry run shows all files of a resource and writes nothing, with at most 320 lines for six fields', () => {
  const before = changes();
  const files = filesOf(PANGOLIN);
  expect(changes()).toBe(before);
  expect([...files.keys()].map((path) => path.replace(/\d{13}/, 'TIME'))).toEqual([
    'migrations/TIME-pangolins.ts',
    'src/pangolins/pangolin.entity.ts',
    'src/pangolins/pangolins.controller.ts',
    'src/pangolins/pangolins.dto.ts',
    'src/pangolins/pangolins.errors.ts',
    'src/pangolins/pangolins.module.ts',
    'src/pangolins/pangolins.service.ts',
    'test/pangolins/pangolins.e2e-spec.ts',
    'test/pangolins/pangolins.resource.ts',
    'src/app.module.ts',
  ]);
  const own = [...files].filter(([path]) => path.includes('pangolins'));
  const lines = own.map(([, text]) => text.trimEnd().split('\n').length).reduce((sum, count) => sum + count, 0);
  expect(lines).toBeLessThanOrEqual(320);
});

it('adds a field at the right places in handwritten files', () => {
  const files = filesOf('field item weight:int(1..5000)=3');
  expect(files.get('src/items/item.entity.ts')).toContain(
    "@Column('integer', { default: 3 })\n  weight!: number;\n\n  get in_stock",
  );
  const dto = files.get('src/items/items.dto.ts')!;
  expect(dto.match(/^ {2}weight.*$/gm)).toEqual(['  weight: number = 3;', '  weight?: number;', '  weight!: number;']);
  expect(files.get('src/items/items.service.ts')).toContain("'stock', 'weight']");
});

it.each([
  ['resource item name:string', '"item" is taken: there is a folder src/items'],
  [
    'resource page-query name:string',
    'Use another name: src/page-queries/page-queries.service.ts would declare PageQuery twice',
  ],
  [
    'resource pangolin patch:enum(a,b)',
    'Use another name: src/pangolins/pangolins.dto.ts would declare PangolinPatch twice',
  ],
  [
    'resource pangolin a_1:enum(a,b) a1:enum(a,b)',
    'Use another name: src/pangolins/pangolin.entity.ts would declare PangolinA1 twice',
  ],
  ['resource session name:string', '"session" is taken: there is a table sessions'],
  ['resource pangolin name:strin', 'name: there is no type "strin"'],
  ['field item stock:int=0', 'item already has a field stock'],
  ['field item weight:int', 'weight: existing rows need a value: add ? or a default, such as weight:…=0'],
  ['field lamp weight:int?', 'There is no resource "lamp"'],
  ['field Item weight:int?', 'There is no resource "Item"'],
  ['field item', 'Give exactly one field, for example: '],
  ['nothing', 'Unknown command "nothing": use one of '],
  ['constructor', 'Unknown command "constructor": use one of '],
])('refuses with a message and exit code 2, without changing files: %s', (line, sentence) => {
  const before = changes();
  const { status, stderr } = generate(`${line} --dry-run`);
  expect([status, stderr, changes()]).toEqual([
    2,
    expect.stringMatching(new RegExp(`^${sentence.replaceAll(/[?]/g, '\\?')}`)),
    before,
  ]);
});

it('refuses a folder that is not the root of the project', () => {
  expect(generate('resource pangolin name:string --dry-run', join(process.cwd(), 'docs'))).toMatchObject({
    status: 2,
    stderr: 'There is no src/app.module.ts in this folder: run the command in the root folder of the project',
  });
});

it('refuses more fields than the files may have lines', () => {
  const fields = Array.from({ length: 30 }, (_, at) => `field_${at}:string`).join(' ');
  expect(generate(`resource pangolin ${fields} --dry-run`)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(
      /^src\/pangolins\/pangolins\.dto\.ts would have \d+ lines, but at most 250 are allowed: use fewer fields, or shorter ones$/,
    ),
  });
});

it('lists the files if it is run by the Nest CLI', () => {
  const cli = join(process.cwd(), 'node_modules', '@nestjs/cli/bin/nest.js');
  const args = ['g', '-c', './schematics', 'resource', 'pangolin', '--type', 'name:string(2..100) --reads public'];
  const { stdout } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  expect(stdout).toMatch(/^CREATE src\/pangolins\/pangolin\.entity\.ts/m);
  expect(stdout).toMatch(/^UPDATE src\/app\.module\.ts/m);
  expect(stdout).toContain('No files written to disk');
});

describe('the work tree', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-tree-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('must be a git repository without uncommitted changes', () => {
    expect(generate('resource pangolin name:string', folder)).toMatchObject({
      status: 2,
      stderr: 'This folder is not a git repository, so the changes could not be undone',
    });
    spawnSync('git', ['init', '--quiet', folder]);
    spawnSync('touch', [join(folder, 'new.ts')]);
    expect(generate('resource pangolin name:string', folder)).toMatchObject({
      status: 2,
      stderr: 'There are uncommitted changes: commit them first, to keep them apart from the generated ones',
    });
  });
});

it('prints its usage with --help, and as an error without a command', () => {
  const usage = expect.stringMatching(/^Usage: npm run generate -- /);
  expect(generate('--help')).toMatchObject({ status: 0, stdout: usage, stderr: '' });
  expect(generate('')).toMatchObject({ status: 2, stdout: '', stderr: usage });
});
