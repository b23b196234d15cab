import type { Rule } from '@angular-devkit/schematics';
import type { SourceFile } from 'ts-morph';
import { Sources } from './project.ts';
import { Refusal } from './refusal.ts';
import { localNameOf } from './import-edits.ts';

/** Refuses files with two declarations of one name, for example if an import has the same name as a class. */
export function declaredOnce(): Rule {
  return (tree) => {
    const sources = new Sources(tree);
    for (const { kind, path } of tree.actions as readonly { kind: string; path: string }[]) {
      if (kind === 'd' || !path.endsWith('.ts')) continue;
      const names = namesOf(sources.file(path.slice(1)));
      const twice = names.find((name, at) => names.indexOf(name) < at);
      if (twice !== undefined) throw new Refusal(`Use another name: ${path.slice(1)} would declare ${twice} twice`);
    }
  };
}

/** Returns the names that a file imports and declares. */
function namesOf(file: SourceFile): string[] {
  const imported = file
    .getImportDeclarations()
    .flatMap((one) => one.getNamedImports())
    .map(localNameOf);
  const declared = [...file.getClasses(), ...file.getEnums(), ...file.getFunctions()].map((one) => one.getName() ?? '');
  return [...imported, ...declared, ...file.getVariableDeclarations().map((one) => one.getName())];
}
