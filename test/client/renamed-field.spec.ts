import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CLIENT = join(process.cwd(), 'client');
const TSC = join(process.cwd(), 'node_modules/typescript/bin/tsc');

let copy: string;

const isWritten = (path: string) => !path.endsWith('generated');

/** Copies the sources of the client, and adds the program of its README. */
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'aerie-renamed-'));
  cpSync(join(CLIENT, 'src'), join(copy, 'src'), { recursive: true, filter: isWritten });
  for (const file of ['tsconfig.json', 'package.json']) cpSync(join(CLIENT, file), join(copy, file));
  const [, program] = /```js\n([^]*?)```/.exec(readFileSync(join(CLIENT, 'README.md'), 'utf8'))!;
  const inside = program!.replace("'aerie-client'", "'./index.js'");
  writeFileSync(join(copy, 'src/first-order.ts'), `declare const console: { log(text: string): void };\n${inside}`);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Returns the compiler's output for the client of this document. */
function built(document: string): string {
  writeFileSync(join(copy, 'openapi.json'), document);
  const generate = `
    const { readFileSync } = await import('node:fs');
    const { generate } = await import(${JSON.stringify(join(CLIENT, 'scripts/generate.mjs'))});
    await generate(JSON.parse(readFileSync('openapi.json', 'utf8')), 'src/generated');`;
  const generated = spawnSync(process.execPath, ['--input-type=module', '-e', generate], {
    cwd: copy,
    encoding: 'utf8',
  });
  expect(generated.stderr).toBe('');
  return spawnSync(process.execPath, [TSC, '--noEmit', '-p', copy], { encoding: 'utf8' }).stdout;
}

it('a field that is renamed in the OpenAPI document makes the client build fail', () => {
  const document = readFileSync('openapi.json', 'utf8');
  expect(built(document)).toBe('');
  const renamed = document.replaceAll('"access_token"', '"token"').replaceAll('"quantity"', '"pieces"');
  const complaints = built(renamed);
  expect(complaints).toMatch(/session\.ts.*'access_token'/);
  expect(complaints).toMatch(/first-order\.ts.*'quantity'/);
});
