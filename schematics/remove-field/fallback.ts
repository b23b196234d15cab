import { SyntaxKind, type PropertyDeclaration } from 'ts-morph';
import type { Feature } from '../lib/feature.ts';
import { Refusal } from '../lib/refusal.ts';
import { concerns, formOf, nameOf, ruleOf } from '../lib/column.ts';

/** The default of a column that the API no longer has: for the migration, and as an option of the entity's column. */
export interface Fallback {
  readonly sql: string;
  readonly code: string;
}

const same = (text: string): Fallback => ({ sql: text, code: text });
const made = (call: string): Fallback => ({ sql: call, code: `() => '${call}'` });

const VALUES: Readonly<Record<string, Fallback>> = {
  text: same("''"),
  boolean: same('false'),
  date: made('now()'),
  'timestamp(3) with time zone': made('now()'),
  uuid: same("'00000000-0000-0000-0000-000000000000'"), // with a function as default, TypeORM takes the column for a generated one
  'text array': { sql: "'{}'", code: '[]' },
};
const NUMBERS: ReadonlySet<string> = new Set(['integer', 'bigint']);

/**
 * Returns a value for rows that are inserted without the column, which the previous build can show: it does not expect
 * null. Returns undefined if the column already has a default or may be null. Throws a Refusal if no value fits.
 */
export function fallbackFor(column: PropertyDeclaration, { names }: Feature): Fallback | undefined {
  const field = column.getName();
  const { type, isNullable, hasDefault } = formOf(column);
  if (isNullable || hasDefault) return undefined;
  const declared = column.getParentOrThrow().asKindOrThrow(SyntaxKind.ClassDeclaration);
  const about = declared.getDecorators().filter((one) => concerns(one, field));
  const isReference = declared
    .getProperties()
    .some((one) => one.getDecorator('JoinColumn')?.getText().includes(`'${field}'`) === true);
  const isKey = about.some(
    (one) => /^(?:Unique|Exclusion)$/.test(nameOf(one)) || /\bunique: true\b/.test(one.getText()),
  );
  const checks = about.filter((one) => nameOf(one) === 'Check').map((one) => ruleOf(one) ?? '');
  const value = checks.length === 0 ? plainValue(type) : checkedValue(field, type, checks);
  if (value === undefined || isReference || isKey)
    throw new Refusal(
      `${field} of ${names.file} must have a value that no default can give: first make the field nullable in a release of its own`,
    );
  return value;
}

const plainValue = (type: string) => (NUMBERS.has(type) ? same('0') : VALUES[type]);

/** Returns a value that the check of a column allows, if it is of a form that the generator writes. */
function checkedValue(field: string, type: string, checks: readonly string[]): Fallback | undefined {
  const [rule, ...others] = checks as [string];
  if (others.length > 0) return undefined;
  const [, text] = new RegExp(`^${field} in \\(('[^']*')(?:, '[^']*')*\\)$`).exec(rule) ?? [];
  if (type === 'text' && text !== undefined) return same(text);
  const [, between, most, least] =
    new RegExp(`^${field} (?:between (-?\\d+) and (-?\\d+)|>= (-?\\d+))$`).exec(rule) ?? [];
  const low = between ?? least;
  if (!NUMBERS.has(type) || low === undefined) return undefined;
  return same(Number(low) <= 0 && Number(most ?? 0) >= 0 ? '0' : low);
}
