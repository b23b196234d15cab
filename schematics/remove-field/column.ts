import { Node, type ClassDeclaration, type Decorator, type PropertyDeclaration, type SourceFile } from 'ts-morph';
import type { Feature } from '../lib/feature.ts';
import { Refusal } from '../lib/refusal.ts';

export const GONE = '/** No longer part of the API. The next release drops this column. */';

/** Returns the property of a column. Throws a Refusal if there is none. */
export function columnOf(file: SourceFile, { names }: Pick<Feature, 'names'>, field: string): PropertyDeclaration {
  const found = file.getClassOrThrow(names.Class).getProperty(field);
  if (!found?.getDecorators().some((one) => COLUMNS.has(one.getName())))
    throw new Refusal(`${names.file} has no field ${field}`);
  return found;
}

const COLUMNS: ReadonlySet<string> = new Set(['Column', 'SafeBigInt', 'Timestamp']);

export function makeNullable(column: PropertyDeclaration): void {
  const type = column.getTypeNodeOrThrow().getText();
  const isNullable = type.includes('null');
  if (!isNullable) {
    const decorator = column.getDecorators().find((one) => COLUMNS.has(one.getName()))!;
    const options = decorator.getArguments().find((one) => Node.isObjectLiteralExpression(one));
    if (Node.isObjectLiteralExpression(options))
      options.addPropertyAssignment({ name: 'nullable', initializer: 'true' });
    else decorator.addArgument('{ nullable: true }');
    column.setType(`${type} | null`);
  }
  for (const doc of column.getJsDocs()) doc.remove();
  const at = column.getStart();
  column.getSourceFile().insertText(at, `${GONE}\n  `);
}

export function sqlTypeOf(column: PropertyDeclaration): string {
  const decorator = column.getDecorators().find((one) => COLUMNS.has(one.getName()))!;
  if (decorator.getName() === 'SafeBigInt') return 'bigint';
  if (decorator.getName() === 'Timestamp') return 'timestamp(3) with time zone';
  const [type, options] = decorator.getArguments().map((one) => one.getText());
  return `${type!.slice(1, -1)}${options?.includes('array: true') === true ? ' array' : ''}`;
}

/** Returns whether an index, a key or a check of the class uses the column. */
export function concerns(decorator: Decorator, field: string): boolean {
  const [, about] = decorator.getArguments();
  if (Node.isArrayLiteralExpression(about)) return about.getElements().some((one) => one.getText() === `'${field}'`);
  return new RegExp(`\\b${field}\\b`).test(withoutTexts(ruleOf(decorator) ?? ''));
}

/** Returns the decorator of a class whose first argument is this name, in quotes. */
export const checkOf = (declared: ClassDeclaration, name: string) =>
  declared.getDecorators().find((one) => one.getArguments()[0]?.getText() === name);

/** Returns the condition of a `@Check`. */
export function ruleOf(decorator: Decorator | undefined): string | undefined {
  const [, rule] = decorator?.getArguments() ?? [];
  return Node.isStringLiteral(rule) || Node.isNoSubstitutionTemplateLiteral(rule) ? rule.getLiteralValue() : undefined;
}

const withoutTexts = (sql: string) => sql.replaceAll(/'[^']*'/g, '');

/** Returns a condition with a column renamed. Text literals stay the same. */
export const ruleOfRenamed = (sql: string, from: string, to: string) =>
  sql.replaceAll(new RegExp(`'[^']*'|\\b${from}\\b`, 'g'), (found) => (found === from ? to : found));
