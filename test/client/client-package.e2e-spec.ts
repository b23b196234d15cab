import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { query } from '../support/database.js';
import { anItem } from '../support/factories.js';
import { aUser } from '../support/world.js';

const CLIENT = join(process.cwd(), 'client');
const TSC = join(process.cwd(), 'node_modules/typescript/bin/tsc');
const MOST_BYTES = 12_000;

let project: string;
let installed: string;

/** Creates an empty project, and installs the package as npm packs it. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'aerie-client-'));
  installed = join(project, 'node_modules/aerie-client');
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }');
  npm(['pack', CLIENT, '--pack-destination', project, '--ignore-scripts'], project);
  const archive = readdirSync(project).find((name) => name.endsWith('.tgz'))!;
  npm(['install', '--offline', '--no-audit', '--no-fund', `./${archive}`], project);
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

const npm = (args: string[], cwd: string) => execFileSync('npm', args, { cwd, stdio: 'pipe' });

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

/** Returns the program of the README, for the application under test. */
function program(): string {
  const [, code] = /```js\n([^]*?)```/.exec(readFileSync(join(installed, 'README.md'), 'utf8'))!;
  return code!.replace('http://127.0.0.1:8000', baseUrl);
}

it('the package contains only code, types and metadata, and has no dependencies', () => {
  const kinds = new Set(files(installed).map((path) => /(?:\.d\.ts|\.\w+)$/.exec(path)![0]));
  expect([...kinds].toSorted()).toEqual(['.d.ts', '.js', '.json', '.md']);
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies?: object;
  };
  expect(dependencies).toBeUndefined();
  expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['aerie-client']);
});

it(`the package has at most ${MOST_BYTES} bytes of compressed code`, () => {
  const code = files(installed).filter((path) => path.endsWith('.js'));
  expect(gzipSync(Buffer.concat(code.map((path) => readFileSync(path)))).length).toBeLessThanOrEqual(MOST_BYTES);
});

it('the program in the README places an order in at most ten lines', async () => {
  const ann = await aUser({ email: 'ann@aerie.example' });
  const lamp = await anItem({ name: 'Lamp', price_cents: 2495 });
  expect(program().trim().split('\n').length).toBeLessThanOrEqual(10);
  writeFileSync(join(project, 'first-order.js'), program());
  const { stdout } = await promisify(execFile)(process.execPath, ['first-order.js'], { cwd: project });
  const [order] = await query<{ id: number; item_id: number }>('select id, item_id from orders where user_id = $1', [
    ann.id,
  ]);
  expect(order?.item_id).toBe(lamp.id);
  expect(stdout).toBe(`Order ${order?.id}: Lamp for 2495 cents\n`);
  const sessions = await query<{ isOver: boolean }>(
    'select revoked_at is not null as "isOver" from sessions where user_id = $1 order by created_at',
    [ann.id],
  );
  // the session of the test, and that of the program
  expect(sessions.map(({ isOver }) => isOver)).toEqual([false, true]);
});

it('the package has types that accept the program in the README and reject a missing field', () => {
  const mistake = `${program()}\nawait client.orders.place({ item_id: 1 });\n`;
  mkdirSync(join(project, 'typed'));
  writeFileSync(join(project, 'typed/right.ts'), program());
  writeFileSync(join(project, 'typed/wrong.ts'), mistake);
  const compile = (file: string) => {
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--ignoreConfig'];
    return execFileSync(process.execPath, [TSC, ...options, join(project, 'typed', file)], {
      cwd: project,
      encoding: 'utf8',
    });
  };
  expect(compile('right.ts')).toBe('');
  expect(() => compile('wrong.ts')).toThrow();
});
