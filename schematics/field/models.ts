import { SyntaxKind, type SourceFile } from 'ts-morph';
import { importsAt, MODELS, type Edits, type Feature } from '../lib/feature.ts';
import type { Field } from '../lib/fields.ts';
import { addImports } from '../lib/import-edits.ts';
import { needModels } from '../lib/own-parts.ts';
import { addProperty } from '../lib/syntax.ts';
import { dtoImports, dtoProperty, patchProperty, responseProperty } from '../render/dto.ts';

/**
 * Adds the field to the classes of requests and responses. Each class can be in a file of its own. Returns whether they
 * have it.
 */
export function placeInModels(added: Field, feature: Feature, edits: Edits): boolean {
  let placed = 0;
  for (const path of feature.dtos)
    edits.change(path, (file) => {
      needModels(feature, edits.sources, ['Create', 'Response']);
      placeInFile(file, path, added, feature);
      placed++;
    });
  return placed === feature.dtos.length;
}

function placeInFile(file: SourceFile, path: string, added: Field, feature: Feature): void {
  const { names } = feature;
  const [create, patch, response] = MODELS.map((kind) => names.Class + kind) as [string, string, string];
  const isHere = (name: string) => file.getClass(name) !== undefined;
  const isApart = (name: string) => isHere(name) && !extendsAll(file, name, create);
  const [own, patched, shown] = [isHere(create), isApart(patch), isApart(response)];
  if (own) addProperty(file, create, dtoProperty(added, names));
  if (patched) addProperty(file, patch, patchProperty(added, names));
  if (shown) addProperty(file, response, responseProperty(added, names));
  const imports = importsAt(path, dtoImports([added], names), feature);
  if (own || patched) addImports(file, imports);
  else if (shown) addImports(file, Object.fromEntries(Object.entries(imports).filter(([from]) => isEntity(from))));
  if (patched && !added.nullable)
    addImports(file, importsAt(path, { '../kernel/validation/fields.js': ['MayBeAbsent'] }, feature));
}

/** Returns whether a path is that of an entity, which also has its enums. Responses have no other imports. */
const isEntity = (from: string) => from.endsWith('.entity.js');

/** Returns whether a class has all properties of another one, because it extends it or a class that does. */
function extendsAll(file: SourceFile, name: string, base: string): boolean {
  const extended = file.getClass(name)?.getExtends();
  if (!extended || extended.getText().startsWith('PickType(')) return false;
  const names = extended.getDescendantsOfKind(SyntaxKind.Identifier).map((one) => one.getText());
  return names.some((one) => one === base || extendsAll(file, one, base));
}
