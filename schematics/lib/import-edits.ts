import {
  Node,
  SyntaxKind,
  type ImportDeclaration,
  type ImportSpecifier,
  type NamedImports,
  type SourceFile,
} from 'ts-morph';
import { importLines, rank, type Imports } from '../render/imports.ts';
import { NotPlaced } from './feature.ts';
import { insertBehind } from './lists.ts';
import { removeMember } from './syntax.ts';

/** Adds names to the imports of a file. A name may be `type Page`. */
export function addImports(file: SourceFile, imports: Imports): void {
  for (const [from, names] of Object.entries(imports)) {
    for (const name of names) if (name !== false) addImport(file, from, name);
  }
}

function addImport(file: SourceFile, from: string, name: string): void {
  const bare = name.replace(/^type /, '');
  const imported = file.getImportDeclarations().flatMap((one) => one.getNamedImports());
  const local = imported.find((each) => localNameOf(each) === bare);
  if (!local) return insertName(file, from, name);
  const declaration = local.getImportDeclaration();
  if (local.getName() !== bare || declaration.getModuleSpecifierValue() !== from)
    throw new NotPlaced(`it imports another ${bare}`);
  if (name !== bare) return; // a value can be used as a type
  if (local.isTypeOnly()) local.setIsTypeOnly(false);
  if (declaration.isTypeOnly()) asValue(file, from, local);
}

/** Makes a name of `import type` a value. */
function asValue(file: SourceFile, from: string, local: ImportSpecifier): void {
  const declaration = local.getImportDeclaration();
  if (openImport(file, from)) {
    const name = local.getName();
    if (declaration.getNamedImports().length === 1) declaration.remove();
    else removeMember(local);
    insertName(file, from, name);
  } else {
    declaration.setIsTypeOnly(false);
    for (const other of declaration.getNamedImports()) if (other !== local) other.setIsTypeOnly(true);
  }
}

/** Returns the import of a module that can take another name. */
const openImport = (file: SourceFile, from: string) =>
  file
    .getImportDeclarations()
    .find(
      (one) => one.getModuleSpecifierValue() === from && !one.isTypeOnly() && one.getNamespaceImport() === undefined,
    );

/** Inserts a name in alphabetical order into the import of a module, or an import in the order of the modules. */
function insertName(file: SourceFile, from: string, name: string): void {
  const open = openImport(file, from);
  if (!open) return insertDeclaration(file, from, name);
  const named = open.getImportClause()?.getNamedBindings();
  if (Node.isNamedImports(named)) insertSpecifier(named, name);
  else open.addNamedImport(name);
}

function insertSpecifier(named: NamedImports, name: string): void {
  const bare = name.replace(/^type /, '');
  const elements = named.getElements();
  const at = elements.findIndex((one) => one.getName() > bare);
  const above = at < 0 ? elements.at(-1) : elements[at - 1];
  if (above) insertBehind(named, above, name);
  else named.replaceWithText(`{ ${name},${named.getText().slice(1)}`);
}

function insertDeclaration(file: SourceFile, from: string, name: string): void {
  const line = importLines({ [from]: [name] });
  const others = file.getImportDeclarations();
  const at = others.findIndex((one) => isBefore(from, one.getModuleSpecifierValue()));
  const [above, below] = [others[at < 0 ? others.length - 1 : at - 1], others[at] ?? file.getStatements()[0]];
  if (above) file.insertText(above.getTrailingTriviaEnd(), `\n${line}`);
  else file.insertText(below?.getStart(true) ?? file.getEnd(), `${line}\n`);
}

const isBefore = (one: string, other: string) => rank(one) < rank(other) || (rank(one) === rank(other) && one < other);

/** Returns the name that an import has in its file. */
export const localNameOf = (one: ImportSpecifier) => one.getAliasNode()?.getText() ?? one.getName();

/** Removes the imports that a file does not use. */
export function removeUnusedImports(file: SourceFile): void {
  const used = new Set(
    file
      .getDescendantsOfKind(SyntaxKind.Identifier)
      .filter((one) => !one.getFirstAncestorByKind(SyntaxKind.ImportDeclaration))
      .map((one) => one.getText()),
  );
  const isUnused = (one: ImportSpecifier) => !used.has(localNameOf(one));
  const isOnlyUnused = (one: ImportDeclaration) =>
    one.getNamedImports().length > 0 && one.getNamedImports().every(isUnused) && !one.getDefaultImport();
  for (const declaration of file.getImportDeclarations()) if (isOnlyUnused(declaration)) declaration.remove();
  const unusedIn = () => file.getImportDeclarations().flatMap((one) => one.getNamedImports().filter(isUnused));
  for (let [one] = unusedIn(); one; [one] = unusedIn()) removeMember(one);
}
