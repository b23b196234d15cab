import { Node, SyntaxKind, type ArrayLiteralExpression, type SourceFile } from 'ts-morph';
import { NotPlaced } from './feature.ts';

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
 * Returns whether a node names the field: `row.note`, `{ note: … }`, `{ note }` or `'note'`. Variables, methods and
 * options of decorators with the same name do not count.
 */
function namesField(node: Node, field: string): boolean {
  const parent = node.getParent();
  if (Node.isStringLiteral(node)) return node.getLiteralValue() === field && !isSubject(node);
  if (!Node.isIdentifier(node) || node.getText() !== field) return false;
  if (Node.isPropertyAccessExpression(parent)) return parent.getNameNode() === node && !isOfService(parent);
  if (Node.isPropertyAssignment(parent)) return node.getFirstAncestorByKind(SyntaxKind.Decorator) === undefined;
  return (
    Node.isShorthandPropertyAssignment(parent) || Node.isBindingElement(parent) || Node.isPropertyDeclaration(parent)
  );
}

/** Returns whether a node is the name of the rows in the audit trail. */
function isSubject(node: Node): boolean {
  const made = node.getParentIfKind(SyntaxKind.NewExpression);
  return made?.getExpression().getText() === 'AuditedRows' && made.getArguments()[0] === node;
}

/** Returns whether an access such as `query.search` or `this.notes.page(…)` is not to a row. */
function isOfService(access: Node): boolean {
  const from = Node.isPropertyAccessExpression(access) ? access.getExpression().getText() : '';
  const isCalled = access.getParentIfKind(SyntaxKind.CallExpression)?.getExpression() === access;
  return isCalled || from === 'query' || from.startsWith('this');
}

/** Throws NotPlaced if the file names the field elsewhere: a person has to check that. */
export function refuseUses(
  file: SourceFile,
  field: string,
  { isMeant = () => false, todo = 'remove it' }: { isMeant?: (use: Node) => boolean; todo?: string } = {},
): void {
  const use = file.getDescendants().find((one) => namesField(one, field) && !isMeant(one));
  if (use) throw new NotPlaced(`line ${use.getStartLineNumber()} also uses ${field}: ${todo} by hand`);
}

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
