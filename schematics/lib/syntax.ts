import { Node, SyntaxKind, type ClassDeclaration, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';
import { NotPlaced } from './feature.ts';
import { append } from './lists.ts';

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

/** Adds a statement before a class, behind the statement above it: comments between them stay with the class. */
export function addBeforeClass(file: SourceFile, className: string, text: string): void {
  const statements = file.getStatements();
  const above = statements[statements.indexOf(classOf(file, className)) - 1];
  if (above) file.insertText(above.getTrailingTriviaEnd(), `\n\n${text}`);
  else file.insertText(0, `${text}\n\n`);
}

/** Adds a decorator after the others of a class. */
export function addClassDecorator(file: SourceFile, className: string, text: string): void {
  const last = classOf(file, className).getDecorators().at(-1);
  if (!last) throw new NotPlaced(`${className} has no decorators`);
  file.insertText(last.getTrailingTriviaEnd(), `\n@${text}`);
}

/** Adds a property to an object unless it exists. Returns the object with the property. */
export const addToObject = (object: ObjectLiteralExpression, name: string, value: string) =>
  object.getProperty(name) ? object : append(object, `${name}: ${value}`);

/** Returns the object that a file exports as its default, directly or by name. */
export function exportedObject(file: SourceFile): ObjectLiteralExpression {
  const exported = file.getExportAssignment((one) => !one.isExportEquals())?.getExpression();
  const named = Node.isIdentifier(exported) ? file.getVariableDeclaration(exported.getText()) : undefined;
  const object = valueOf(named ? named.getInitializer() : exported);
  if (!Node.isObjectLiteralExpression(object)) throw new NotPlaced('its default export is not an object literal');
  return object;
}

/** Returns the expression before `satisfies Resource` and `as const`. */
export function valueOf(given: Node | undefined): Node | undefined {
  return Node.isSatisfiesExpression(given) || Node.isAsExpression(given) ? valueOf(given.getExpression()) : given;
}

/** Returns the variable or the function with this name. */
export const declarationOf = (file: SourceFile, name: string) =>
  file.getVariableDeclaration(name) ?? file.getFunction(name);

/** Returns the statement that declares a variable or a function with this name. */
export const declaringStatement = (file: SourceFile, name: string) =>
  file.getVariableStatement(name) ?? file.getFunction(name);

/** Returns how often a file has a name, its declaration included. */
export const namesIn = (file: SourceFile, name: string) =>
  file.getDescendantsOfKind(SyntaxKind.Identifier).filter((one) => one.getText() === name).length;

/** Returns the object in a property of another object. Adds an empty one if it is missing. */
export function innerObject(object: ObjectLiteralExpression, name: string): ObjectLiteralExpression {
  const inner = addToObject(object, name, '{}')
    .getPropertyOrThrow(name)
    .asKind(SyntaxKind.PropertyAssignment)
    ?.getInitializer();
  if (!Node.isObjectLiteralExpression(inner)) throw new NotPlaced(`${name} is not an object literal`);
  return inner;
}

/** Adds a text to the list in a property of an object. Adds the list if it is missing. */
export function addToList(object: ObjectLiteralExpression, name: string, text: string): void {
  const list = addToObject(object, name, '[]')
    .getPropertyOrThrow(name)
    .asKind(SyntaxKind.PropertyAssignment)
    ?.getInitializer();
  if (!Node.isArrayLiteralExpression(list)) throw new NotPlaced(`${name} is not a list literal`);
  if (!list.getElements().some((element) => element.getText() === text)) append(list, text);
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
  const line = /(?:\r?\n)?[ \t]*$/.exec(text.slice(0, own))!.index;
  const start = /[\r\n]/.test(text[end] ?? '') ? (member.getPreviousSibling()?.getTrailingTriviaEnd() ?? line) : own;
  file.removeText(start, end);
}

/** Replaces parts of a file, which must not overlap. */
export function replaceRanges(file: SourceFile, ranges: readonly { start: number; end: number; text: string }[]): void {
  let changed = file.getFullText();
  for (const { start, end, text } of ranges.toSorted((one, other) => other.start - one.start))
    changed = changed.slice(0, start) + text + changed.slice(end);
  file.replaceWithText(changed);
}
