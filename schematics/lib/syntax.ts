import { Node, SyntaxKind, type ClassDeclaration, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';
import { NotPlaced } from './feature.ts';

/** Adds names to the imports of a file. A name may be `type Page`. */
export function addImports(file: SourceFile, imports: Readonly<Record<string, readonly (string | false)[]>>): void {
  for (const [from, names] of Object.entries(imports)) {
    for (const name of names) if (name !== false) addImport(file, from, name);
  }
}

function addImport(file: SourceFile, from: string, name: string): void {
  const bare = name.replace(/^type /, '');
  const declarations = file.getImportDeclarations().filter((one) => one.getModuleSpecifierValue() === from);
  const named = declarations.flatMap((one) => one.getNamedImports().map((each) => ({ one, each })));
  const known = named.find(({ each }) => each.getName() === bare);
  if (known && (name !== bare || !known.one.isTypeOnly())) return;
  if (known) known.each.remove();
  const other = file.getImportDeclarations().flatMap((one) => one.getNamedImports());
  if (!known && other.some((each) => (each.getAliasNode()?.getText() ?? each.getName()) === bare))
    throw new NotPlaced(`it imports another ${bare}`);
  const open = declarations.find((one) => !one.isTypeOnly() && one.getNamespaceImport() === undefined);
  if (open) {
    const at = open.getNamedImports().findIndex((each) => each.getName() > bare);
    open.insertNamedImport(
      at < 0 ? open.getNamedImports().length : at,
      name === bare ? bare : { name: bare, isTypeOnly: true },
    );
  } else {
    const all = file.getImportDeclarations();
    const at = all.findIndex(
      (one) =>
        rank(one.getModuleSpecifierValue()) > rank(from) ||
        (rank(one.getModuleSpecifierValue()) === rank(from) && one.getModuleSpecifierValue() > from),
    );
    file.insertImportDeclaration(at < 0 ? all.length : at, {
      namedImports: [bare],
      moduleSpecifier: from,
      isTypeOnly: name !== bare,
    });
  }
  for (const one of declarations) {
    if (!one.wasForgotten() && one.getNamedImports().length === 0 && one.getDefaultImport() === undefined) one.remove();
  }
}

const rank = (from: string) => (from.startsWith('./') ? 2 : from.startsWith('../') ? 1 : 0);

/** Returns the class with this name. Throws NotPlaced if there is none. */
export function classOf(file: SourceFile, name: string): ClassDeclaration {
  const found = file.getClass(name);
  if (!found) throw new NotPlaced(`there is no class ${name}`);
  return found;
}

/** Adds a property after the last one of a class. `text` is its code. */
export function addProperty(file: SourceFile, className: string, text: string): void {
  const declared = classOf(file, className);
  const last = declared.getInstanceProperties().findLast((member) => Node.isPropertyDeclaration(member));
  if (last) {
    file.insertText(last.getTrailingTriviaEnd(), `\n\n${text}`);
  } else {
    const brace = declared.getFirstChildByKindOrThrow(SyntaxKind.OpenBraceToken);
    file.insertText(brace.getEnd(), `\n${text}\n`);
  }
}

/** Adds a decorator after the others of a class. */
export function addClassDecorator(file: SourceFile, className: string, text: string): void {
  const last = classOf(file, className).getDecorators().at(-1);
  if (!last) throw new NotPlaced(`${className} has no decorators`);
  file.insertText(last.getTrailingTriviaEnd(), `\n@${text}`);
}

/** Adds a property to an object unless it exists. */
export function addToObject(object: ObjectLiteralExpression, name: string, value: string): void {
  if (object.getProperty(name)) return;
  object.addPropertyAssignment({ name, initializer: value });
}

/** Returns the object that a file exports as its default, directly or by name. */
export function exportedObject(file: SourceFile): ObjectLiteralExpression {
  const exported = file.getExportAssignment((one) => !one.isExportEquals())?.getExpression();
  const named = Node.isIdentifier(exported) ? file.getVariableDeclaration(exported.getText()) : undefined;
  const object = valueOf(named ? named.getInitializer() : exported);
  if (!Node.isObjectLiteralExpression(object)) throw new NotPlaced('its default export is not an object literal');
  return object;
}

/** Returns the expression before `satisfies Resource` and `as const`. */
function valueOf(given: Node | undefined): Node | undefined {
  return Node.isSatisfiesExpression(given) || Node.isAsExpression(given) ? valueOf(given.getExpression()) : given;
}

/** Returns the object in a property of another object. Adds an empty one if it is missing. */
export function innerObject(object: ObjectLiteralExpression, name: string): ObjectLiteralExpression {
  addToObject(object, name, '{}');
  const inner = object.getPropertyOrThrow(name).asKind(SyntaxKind.PropertyAssignment)?.getInitializer();
  if (!Node.isObjectLiteralExpression(inner)) throw new NotPlaced(`${name} is not an object literal`);
  return inner;
}

/** Adds a text to the list in a property of an object. Adds the list if it is missing. */
export function addToList(object: ObjectLiteralExpression, name: string, text: string): void {
  addToObject(object, name, '[]');
  const list = object.getPropertyOrThrow(name).asKind(SyntaxKind.PropertyAssignment)?.getInitializer();
  if (!Node.isArrayLiteralExpression(list)) throw new NotPlaced(`${name} is not a list literal`);
  if (!list.getElements().some((element) => element.getText() === text)) list.addElement(text);
}

/**
 * Removes a property of a class or an object, or an element of a list, with its comments, its comma, and its lines if
 * nothing else is on them. Comments above the first one stay, because they can be about all.
 */
export function removeMember(member: Node): void {
  const file = member.getSourceFile();
  const text = file.getFullText();
  const end = (member.getNextSiblingIfKind(SyntaxKind.CommaToken) ?? member).getTrailingTriviaEnd();
  const own = member.getStart(true);
  const line = /\n?[ \t]*$/.exec(text.slice(0, own))!.index;
  const start = text[end] === '\n' ? (member.getPreviousSibling()?.getTrailingTriviaEnd() ?? line) : own;
  file.removeText(start, end);
}

/** Replaces parts of a file, which must not overlap. */
export function replaceRanges(file: SourceFile, ranges: readonly { start: number; end: number; text: string }[]): void {
  let changed = file.getFullText();
  for (const { start, end, text } of ranges.toSorted((one, other) => other.start - one.start))
    changed = changed.slice(0, start) + text + changed.slice(end);
  file.replaceWithText(changed);
}

/** Removes the imports that a file does not use. */
export function removeUnusedImports(file: SourceFile): void {
  const used = new Set(
    file
      .getDescendantsOfKind(SyntaxKind.Identifier)
      .filter((one) => !one.getFirstAncestorByKind(SyntaxKind.ImportDeclaration))
      .map((one) => one.getText()),
  );
  for (const declaration of file.getImportDeclarations()) {
    const named = declaration.getNamedImports();
    const unused = named.filter((one) => !used.has(one.getAliasNode()?.getText() ?? one.getName()));
    if (named.length > 0 && unused.length === named.length && declaration.getDefaultImport() === undefined)
      declaration.remove();
    else for (const one of unused) one.remove();
  }
}
