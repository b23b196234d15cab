import {
  Node,
  SyntaxKind,
  type ClassDeclaration,
  type Decorator,
  type PropertyDeclaration,
  type SourceFile,
} from 'ts-morph';
import type { Feature } from './feature.ts';
import { append } from './lists.ts';
import { Refusal } from './refusal.ts';

const GONE = '/** No longer part of the API. The next release drops this column. */';

/** Returns whether the first step has removed or renamed the column, so that only the drop is missing. */
export const isGone = (column: PropertyDeclaration) => column.getJsDocs().some((doc) => doc.getText() === GONE);

/** Returns the property of a column. Throws a Refusal if there is none. */
export function columnOf(file: SourceFile, { names }: Pick<Feature, 'names'>, field: string): PropertyDeclaration {
  const found = file.getClassOrThrow(names.Class).getProperty(field);
  if (!found || !isColumn(found)) throw new Refusal(`${names.file} has no field ${field}`);
  return found;
}

/** Returns the name of a decorator where it comes from: `Column` for `@Col()` with `import { Column as Col }`. */
export function nameOf(decorator: Decorator): string {
  const name = decorator.getName();
  const imported = decorator
    .getSourceFile()
    .getImportDeclarations()
    .flatMap((one) => one.getNamedImports());
  return imported.find((one) => one.getAliasNode()?.getText() === name)?.getName() ?? name;
}

export const isColumn = (one: PropertyDeclaration) =>
  one.getDecorators().some((decorator) => COLUMNS.has(nameOf(decorator)));

const COLUMNS: ReadonlySet<string> = new Set(['Column', 'SafeBigInt', 'Timestamp']);
const decoratorOf = (column: PropertyDeclaration) => column.getDecorators().find((one) => COLUMNS.has(nameOf(one)))!;

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
/** The other decorators whose meaning for the table is known here. */
const OTHERS: ReadonlySet<string> = new Set(['Searched']);

/** Reads the decorator of a column. Throws a Refusal if it has another form than the generator writes or understands. */
export function formOf(column: PropertyDeclaration): Form {
  const decorator = decoratorOf(column);
  const given = decorator.getArguments();
  const options = optionsOf(given.at(-1));
  const first = Node.isStringLiteral(given[0]) ? given[0].getText() : options.get('type');
  const type = TYPES[nameOf(decorator)] ?? /^['"]([a-z][a-z ]*)['"]$/.exec(first ?? '')?.[1];
  const [nullable = 'false', array = 'false'] = [options.get('nullable'), options.get('array')];
  const isKnown = [...options.keys()].every((name) => OPTIONS.has(name));
  if (type === undefined || !isKnown || ![nullable, array].every((one) => one === 'true' || one === 'false'))
    throw otherForm(column, decorator);
  const other = column.getDecorators().find((one) => one !== decorator && !OTHERS.has(nameOf(one)));
  if (other) throw otherForm(column, other);
  return {
    type: array === 'true' ? `${type} array` : type,
    isNullable: nullable === 'true',
    hasDefault: options.has('default'),
  };
}

const otherForm = (column: PropertyDeclaration, decorator: Decorator) =>
  new Refusal(
    `${column.getName()}: "${decorator.getText()}" is a form of column that cannot be changed here: write the migration by hand`,
  );

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
  const option = options.getProperty(name);
  if (Node.isPropertyAssignment(option)) option.setInitializer(value);
  else append(options, `${name}: ${value}`);
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

const CONSTRAINTS: ReadonlySet<string> = new Set(['Check', 'Exclusion', 'Index', 'Unique']);

/** Returns whether an index, a key or a check of the class uses the column. */
export function concerns(decorator: Decorator, field: string): boolean {
  const given = decorator.getArguments();
  if (nameOf(decorator) === 'TextIndex') return isInIndexName(decorator, field);
  if (!CONSTRAINTS.has(nameOf(decorator))) return false;
  const name = given.length > 1 ? given[0] : undefined;
  const named = new RegExp(`\\b${field}\\b`);
  return decorator.getDescendants().some((one) => {
    if (Node.isPropertyAccessExpression(one)) return one.getName() === field;
    return one !== name && named.test(withoutTexts(textOf(one) ?? ''));
  });
}

/** Returns the text of a literal, or undefined for other code. */
function textOf(one: Node | undefined): string | undefined {
  if (Node.isTemplateExpression(one)) return one.getText();
  return Node.isStringLiteral(one) || Node.isNoSubstitutionTemplateLiteral(one) ? one.getLiteralValue() : undefined;
}

/** Returns whether the column is part of a name such as `users_is_active_name_id_idx`, and not of a longer column. */
function isInIndexName(decorator: Decorator, field: string): boolean {
  const columns = decorator.getFirstAncestorByKindOrThrow(SyntaxKind.ClassDeclaration).getProperties();
  const longer = columns.map((one) => one.getName()).filter((name) => name !== field && name.includes(field));
  const name = longer.reduce((text, one) => text.replaceAll(one, ''), decorator.getArguments()[0]?.getText() ?? '');
  return name.includes(`_${field}_`);
}

/** Returns the decorator of a class whose first argument is this name, in quotes. */
export const checkOf = (declared: ClassDeclaration, name: string) =>
  declared.getDecorators().find((one) => one.getArguments()[0]?.getText() === name);

/** Returns the condition of a `@Check`, which may have a name before it. */
export function ruleOf(decorator: Decorator | undefined): string | undefined {
  const rule = decorator?.getArguments().at(-1);
  return Node.isTemplateExpression(rule) ? undefined : textOf(rule);
}

const withoutTexts = (sql: string) => sql.replaceAll(/'[^']*'/g, '');

/** Returns a condition with a column renamed. Text literals stay the same. */
export const ruleOfRenamed = (sql: string, from: string, to: string) =>
  sql.replaceAll(new RegExp(`'[^']*'|\\b${from}\\b`, 'g'), (found) => (found === from ? to : found));
