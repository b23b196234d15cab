import { normalize, virtualFs } from '@angular-devkit/core';
import { NodeJsSyncHost } from '@angular-devkit/core/node/index.js';
import { callRule, HostCreateTree, type SchematicContext, type Tree } from '@angular-devkit/schematics';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { resource } from '../../schematics/resource/resource.ts';
import { emptyProject } from './suppliers.ts';

// The resource `supplier` as the generator writes it, in a project in memory.

const TEMPLATES = normalize(join(import.meta.dirname, '../../schematics/resource/files'));
const templates = () => new HostCreateTree(new virtualFs.ScopedHost(new NodeJsSyncHost(), TEMPLATES));

/** Returns the project with a resource of these fields. */
export async function generated(...words: readonly string[]): Promise<Tree> {
  const context = { engine: { createSourceFromUrl: () => templates } } as unknown as SchematicContext;
  const rule = resource({ words: ['supplier', ...words] });
  return lastValueFrom(callRule(rule, emptyProject(), context));
}

/** Returns the texts of the resource's files in `src` and `test` by path. */
export function filesOf(tree: Tree): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const folder of ['src/suppliers', 'test/suppliers'])
    for (const name of tree.getDir(folder).subfiles) texts[`${folder}/${name}`] = tree.readText(`${folder}/${name}`);
  return texts;
}
