import type { ModulesContainer } from '@nestjs/core';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgottenModules } from './forgotten-modules.js';

const root = mkdtempSync(join(tmpdir(), 'aerie-modules-'));
afterAll(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(join(root, file, '..'), { recursive: true });
  writeFileSync(join(root, file), text);
}

const having = (...names: string[]) =>
  new Map(names.map((name) => [name, { metatype: { name } }])) as unknown as ModulesContainer;

it('reports the file and the remedy for each module that is not imported', async () => {
  write('package.json', '{"type":"module"}');
  write('posts/posts.module.js', 'export class PostsModule {}');
  write('suppliers/suppliers.module.js', 'export const SIZE = 1;\nexport class SuppliersModule {}');
  write('suppliers/suppliers.service.js', 'export class OtherModule {}');
  write('app.module.js', 'export class AppModule {}');
  expect(await forgottenModules(root, having('PostsModule'))).toEqual([
    'src/suppliers/suppliers.module.ts: SuppliersModule is not imported anywhere. Add it to src/app.module.ts',
  ]);
  expect(await forgottenModules(root, having('PostsModule', 'SuppliersModule'))).toEqual([]);
});
