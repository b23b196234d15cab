import { Node, type ClassDeclaration, type Decorator, type PropertyDeclaration, type SourceFile } from 'ts-morph';
import type { Feature } from './feature.ts';
import { Refusal } from './refusal.ts';

const GONE = '/** No longer part of the API. The next release drops this column. */';

/** Returns whether the first step has removed or renamed the column, so that only the drop is missing. */
export const isGone = (column: PropertyDeclaration) => column.getJsDocs().some((doc) => doc.getText() === GONE);

/** Returns the property of a column. Throws a Refusal if there is none. */
export function columnOf(file: SourceFile, { names }: Pick<Feature, 'names'>, field: string): PropertyDeclaration {
  const found = file.getClassOrThrow(names.Class).getProperty(field);
  if (!found?.getDecorators().some((one) => COLUMNS.has(one.getName())))
    throw new Refusal(`${names.file} has no field ${field}`);
  return found;
}

const COLUMNS: ReadonlySet<string> = new Set(['Column', 'SafeBigInt', 'Timestamp']);
const decoratorOf = (column: PropertyDeclaration) => column.getDecorators().find((one) => COLUMNS.has(one.getName()))!;

/** What the decorator of a column says. */
interface Form {
  /** The SQL type, such as `text array`. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly hasDefault: boolean;
}

const TYPES: Readonly<Record<string, string>> = { SafeBigInt: 'bigint', Timestamp: 'timestamp(3) with time zone' };
/** The options whose meaning for the table is known here. */
const OPTIONS: ReadonlySet<string> = new Set(['array', 'default', 'nullable', 'type']);

/** Reads the decorator of a column. Throws a Refusal if it has another form than the generator writes or understands. */
export function formOf(column: PropertyDeclaration): Form {
  const decorator = decoratorOf(column);
  const given = decorator.getArguments();
  const options = optionsOf(given.at(-1));
  const first = Node.isStringLiteral(given[0]) ? given[0].getText() : options.get('type');
  const type = TYPES[decorator.getName()] ?? /^'([a-z][a-z ]*)'$/.exec(first ?? '')?.[1];
  const [nullable = 'false', array = 'false'] = [options.get('nullable'), options.get('array')];
  const isKnown = [...options.keys()].every((name) => OPTIONS.has(name));
  if (type === undefined || !isKnown || ![nullable, array].every((one) => one === 'true' || one === 'false'))
    throw new Refusal(
      `${column.getName()}: "@${decorator.getName()}(${given.map((one) => one.getText()).join(', ')})" is a form of column that cannot be changed here: write the migration by hand`,
    );
  return {
    type: array === 'true' ? `${type} array` : type,
    isNullable: nullable === 'true',
    hasDefault: options.has('default'),
  };
}

/** Returns the options of a decorator by name, as code. An argument of another form counts as an unknown option. */
function optionsOf(given: Node | undefined): Map<string, string> {
  if (given === undefined || Node.isStringLiteral(given)) return new Map();
  if (!Node.isObjectLiteralExpression(given)) return new Map([['?', given.getText()]]);
  return new Map(
    given
      .getProperties()
      .map((one) =>
        Node.isPropertyAssignment(one) ? [one.getName(), one.getInitializerOrThrow().getText()] : ['?', one.getText()],
      ),
  );
}

/** Sets an option of a column's decorator. */
export function setOption(column: PropertyDeclaration, name: string, value: string): void {
  const decorator = decoratorOf(column);
  const options = decorator.getArguments().find((one) => Node.isObjectLiteralExpression(one));
  if (!Node.isObjectLiteralExpression(options)) {
    decorator.addArgument(`{ ${name}: ${value} }`);
    return;
  }
  options.getProperty(name)?.remove();
  options.addPropertyAssignment({ name, initializer: value });
}

/** Makes a column nullable that is no longer part of the API. */
export function makeNullable(column: PropertyDeclaration): void {
  if (!formOf(column).isNullable) setOption(column, 'nullable', 'true');
  const type = column.getTypeNodeOrThrow();
  const parts = Node.isUnionTypeNode(type) ? type.getTypeNodes() : [type];
  if (!parts.some((one) => one.getText() === 'null')) column.setType(`${type.getText()} | null`);
  markGone(column);
}

/** Replaces the comment of a column: the next release drops it. */
export function markGone(column: PropertyDeclaration): void {
  for (const doc of column.getJsDocs()) doc.remove();
  const at = column.getStart();
  column.getSourceFile().insertText(at, `${GONE}\n  `);
}

/** Returns whether an index, a key or a check of the class uses the column. */
export function concerns(decorator: Decorator, field: string): boolean {
  const list = decorator.getArguments().find((one) => Node.isArrayLiteralExpression(one));
  if (list) return list.getElements().some((one) => one.getText() === `'${field}'`);
  if (decorator.getName() !== 'Check') return false;
  return new RegExp(`\\b${field}\\b`).test(withoutTexts(ruleOf(decorator) ?? ''));
}

/** Returns the decorator of a class whose first argument is this name, in quotes. */
export const checkOf = (declared: ClassDeclaration, name: string) =>
  declared.getDecorators().find((one) => one.getArguments()[0]?.getText() === name);

/** Returns the condition of a `@Check`, which may have a name before it. */
export function ruleOf(decorator: Decorator | undefined): string | undefined {
  const rule = decorator?.getArguments().at(-1);
  return Node.isStringLiteral(rule) || Node.isNoSubstitutionTemplateLiteral(rule) ? rule.getLiteralValue() : undefined;
}

const withoutTexts = (sql: string) => sql.replaceAll(/'[^']*'/g, '');

/** Returns a condition with a column renamed. Text literals stay the same. */
export const ruleOfRenamed = (sql: string, from: string, to: string) =>
  sql.replaceAll(new RegExp(`'[^']*'|\\b${from}\\b`, 'g'), (found) => (found === from ? to : found));
