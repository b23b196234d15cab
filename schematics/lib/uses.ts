import { Node, SyntaxKind, type ArrayLiteralExpression, type SourceFile } from 'ts-morph';
import { NotPlaced, type Edits, type Feature } from './feature.ts';
import type { Sources } from './project.ts';
import { Refusal } from './refusal.ts';
import { hasName, sqlOf } from './sql-uses.ts';

/** Returns the lists of fields in audit trails and searches. */
export function textListsOf(file: SourceFile): ArrayLiteralExpression[] {
  const calls = [
    ...file.getDescendantsOfKind(SyntaxKind.NewExpression),
    ...file.getDescendantsOfKind(SyntaxKind.CallExpression),
  ];
  const known = calls.filter((one) => /(?:^AuditedRows|\.search)$/.test(one.getExpression().getText()));
  return known
    .flatMap((one) => one.getArguments())
    .flatMap((one) =>
      Node.isArrayLiteralExpression(one) ? [one] : one.getDescendantsOfKind(SyntaxKind.ArrayLiteralExpression),
    );
}

/**
 * Returns whether a node names the field: `row.note`, `{ note: … }`, `{ note }`, `'note'`, or SQL such as `'note is not
 * null'`. Variables, methods and options of decorators with the same name do not count.
 */
function namesField(node: Node, field: string): boolean {
  const parent = node.getParent();
  if (isSqlWith(node, field)) return true;
  if (Node.isStringLiteral(node)) return node.getLiteralValue() === field && !isSubject(node);
  if (!Node.isIdentifier(node) || node.getText() !== field) return false;
  if (Node.isPropertyAccessExpression(parent)) return parent.getNameNode() === node && !isOfService(parent);
  if (Node.isPropertyAssignment(parent)) return node.getFirstAncestorByKind(SyntaxKind.Decorator) === undefined;
  return (
    Node.isShorthandPropertyAssignment(parent) || Node.isBindingElement(parent) || Node.isPropertyDeclaration(parent)
  );
}

/** Returns whether a node is a text with SQL that names the column outside its own literals. */
const isSqlWith = (node: Node, field: string) => hasName(sqlOf(node, calledWith(node)), field);

const calledWith = (node: Node) =>
  node.getFirstAncestorByKind(SyntaxKind.CallExpression)?.getExpression().getText() ?? '';

/** Returns whether a node is the name of the rows in the audit trail. */
function isSubject(node: Node): boolean {
  const made = node.getParentIfKind(SyntaxKind.NewExpression);
  return made?.getExpression().getText() === 'AuditedRows' && made.getArguments()[0] === node;
}

/** Returns whether an access such as `query.search` or `this.notes.page(…)` is not to a row. In an entity, `this` is. */
function isOfService(access: Node): boolean {
  const from = Node.isPropertyAccessExpression(access) ? access.getExpression().getText() : '';
  const isCalled = access.getParentIfKind(SyntaxKind.CallExpression)?.getExpression() === access;
  const declared = access.getFirstAncestorByKind(SyntaxKind.ClassDeclaration);
  const isColumn = from === 'this' && declared?.getProperty(access.getLastToken()?.getText() ?? '') !== undefined;
  return isCalled || from === 'query' || (from.startsWith('this') && !isColumn);
}

/** Throws NotPlaced if the file names the field elsewhere: a person has to check that. */
export function refuseUses(
  file: SourceFile,
  field: string,
  { isMeant = () => false, todo = 'remove it' }: { isMeant?: (use: Node) => boolean; todo?: string | undefined } = {},
): void {
  const use = useOf(file, field, isMeant);
  if (use) throw new NotPlaced(`line ${use.getStartLineNumber()} also uses ${field}: ${todo} by hand`);
}

/** Returns the first place that names the field, except those that are meant. */
const useOf = (file: SourceFile, field: string, isMeant: (use: Node) => boolean) =>
  file.getDescendants().find((one) => namesField(one, field) && !isMeant(one));

/**
 * Reports the other sources in the folder of a feature that use the field, and SQL of other features that names its
 * table and the field: the compiler does not see that. Classes may have properties with the same name.
 */
export function reportUses(sources: Sources, feature: Feature, field: string, edits: Edits, todo?: string): void {
  const { entity, dtos, service, names } = feature;
  const known = new Set([entity, ...dtos, service]);
  const paths = sources.paths('src').filter((path) => path.endsWith('.ts') && !known.has(path));
  for (const path of paths) {
    if (path.startsWith(`src/${names.path}/`))
      edits.change(path, (file) => refuseUses(file, field, { todo, isMeant: isProperty }));
    else if (hasName(sources.tree.readText(path), names.table) && hasName(sources.tree.readText(path), field))
      edits.change(path, (file) => refuseUses(file, field, { todo, isMeant: (use) => !isSqlWith(use, names.table) }));
  }
}

const isProperty = (use: Node) => Node.isPropertyDeclaration(use.getParent());

/** Names of parts that responses and lists have in any case. */
const OF_ANSWERS: ReadonlySet<string> = new Set(['body', 'detail', 'headers', 'length', 'status', 'text', 'type']);

/**
 * Returns whether a use in a test belongs to the response and not to a row: `made.status`, `const { status } = …` and
 * `{ status: 404 }` do, `body.status` does not.
 */
export function isOfAnswer(use: Node): boolean {
  if (!OF_ANSWERS.has(use.getText())) return false;
  const parent = use.getParent();
  return Node.isPropertyAccessExpression(parent) ? !/\bbody$/.test(parent.getExpression().getText()) : true;
}

/** Throws a Refusal if a getter or a method of the entity uses the field. */
export function refuseUsesInEntity(sources: Sources, { entity }: Feature, field: string): void {
  const use = useOf(sources.file(entity), field, isOfColumn);
  if (use) throw new Refusal(`${entity}: line ${use.getStartLineNumber()} also uses ${field}: change it by hand first`);
}

/** Returns whether a use in an entity is the column itself, its enum, or a decorator. */
const isOfColumn = (use: Node) =>
  isProperty(use) ||
  Node.isEnumMember(use.getParent()) ||
  use.getFirstAncestorByKind(SyntaxKind.Decorator) !== undefined;
