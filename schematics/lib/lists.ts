import {
  Node,
  SyntaxKind,
  type ArrayLiteralExpression,
  type NamedImports,
  type ObjectLiteralExpression,
} from 'ts-morph';

type List = ArrayLiteralExpression | NamedImports | ObjectLiteralExpression;

/** Adds a part to a list or an object behind the last one. Comments stay where they are. Returns the new list. */
export function append<T extends ArrayLiteralExpression | ObjectLiteralExpression>(list: T, text: string): T {
  const parts = Node.isArrayLiteralExpression(list) ? list.getElements() : list.getProperties();
  const last = parts.at(-1);
  if (last) return insertBehind(list, last, text);
  const code = list.getText();
  return list.replaceWithText(`${code.slice(0, 1)}${text}${code.slice(1)}`) as T;
}

/** Adds a part to a list or an object behind another part, and behind the comment on its line. */
export function insertBehind<T extends List>(list: T, part: Node, text: string): T {
  const [start, code] = [list.getStart(), list.getText()];
  const comma = part.getNextSiblingIfKind(SyntaxKind.CommaToken);
  const last = comma ?? part;
  const end = last.getEnd() - start;
  const comment = code.slice(end, last.getTrailingTriviaEnd() - start).trimEnd();
  const added = `${comment === '' ? ' ' : '\n'}${text}${comma ? ',' : ''}`;
  return list.replaceWithText(
    `${code.slice(0, end)}${comma ? '' : ','}${comment}${added}${code.slice(end + comment.length)}`,
  ) as T;
}
