import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aFolder, Program } from '../support/processes.js';

interface CompilerModule {
  readonly Compiler: new (root: string) => { compileAll(): Promise<void> };
}

/** Returns the folder of a project without sources. */
function aProject(): string {
  const root = aFolder();
  for (const file of ['nest-cli.json', 'tsconfig.json', 'tsconfig.build.json', 'package.json'])
    cpSync(file, join(root, file));
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
  mkdirSync(join(root, 'src/docs/assets'), { recursive: true });
  return root;
}

/** Compiles a project whose only source is a DTO with this rule, and returns the JavaScript. */
async function compiled(rule: string, before = ''): Promise<string> {
  const root = aProject();
  const source = [
    `import { IsInt, Min } from 'class-validator'; ${before}`,
    'export class Thing {',
    '  @IsInt()',
    `  ${rule}`,
    '  size!: number;',
    '}',
  ];
  writeFileSync(join(root, 'src/thing.dto.ts'), source.join('\n'));
  const { Compiler } = (await import(join(process.cwd(), 'scripts/compiler.mjs'))) as CompilerModule;
  await new Compiler(root).compileAll();
  return readFileSync(join(root, 'dist/src/thing.dto.js'), 'utf8');
}

it.each([
  ['@Min(-1000)', 'minimum: -1000'],
  ['@Min(1_000)', 'minimum: 1000'],
])('compiles %s into the metadata of the property', async (rule, metadata) => {
  expect(await compiled(rule)).toContain(metadata);
});

it('accepts any number outside of properties, because the plugin does not read it', async () => {
  expect(await compiled('@Min(LEAST)', 'const LEAST = -1_000;')).toContain('LEAST');
});

it.each(['-1_000', '-0x10', '~1_0'])(
  'refuses %s, because the property would be missing in the OpenAPI document',
  async (number) => {
    const place = `src/thing.dto.ts:4: write ${number} as a plain decimal number without separators`;
    await expect(compiled(`@Min(${number})`)).rejects.toThrow(place);
  },
);

it('reports a file that cannot be read or written without a stack trace', async () => {
  const root = aProject();
  cpSync('scripts', join(root, 'scripts'), { recursive: true });
  writeFileSync(join(root, 'src/thing.ts'), 'export const thing = 1;\n');
  rmSync(join(root, 'src/docs/assets'), { recursive: true });
  const build = new Program(process.execPath, ['scripts/compile.mjs'], { cwd: root });
  expect(await build.ended).toBe(1);
  expect(build.output).toMatch(/^ENOENT: no such file or directory, .+\/src\/docs\/assets'\n$/);
});
