import pluralize from 'pluralize';
import { Refusal } from './refusal.ts';
import { isReserved } from './reserved.ts';

/** The name of a resource in the forms for files, code and the database. */
export interface Names {
  /** For files: `purchase-order`. */
  readonly file: string;
  /** For the folder, the path and the tag: `purchase-orders`. */
  readonly path: string;
  /** `PurchaseOrder`. */
  readonly Class: string;
  readonly Classes: string;
  /** `purchaseOrder`. */
  readonly variable: string;
  readonly variables: string;
  /** `purchase_order`. */
  readonly snake: string;
  /** `purchase_orders`. */
  readonly table: string;
  /** `purchase order`. */
  readonly words: string;
  readonly manyWords: string;
  /** `a purchase order`. */
  readonly one: string;
}

for (const [one, many] of [
  ['bias', 'biases'],
  ['canvas', 'canvases'],
  ['lens', 'lenses'],
] as const)
  pluralize.addIrregularRule(one, many);

const PATTERN = /^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/;
/** PostgreSQL cuts names after 63 characters. Names of indexes consist of this name and the name of a column. */
const LONGEST = 24;

const parts = (name: string) => name.split(/[-_]/);
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
export const pascal = (name: string) => parts(name).map(capital).join('');
export const camel = (name: string) => pascal(name).charAt(0).toLowerCase() + pascal(name).slice(1);
export const capitalized = (text: string) => capital(text);
export const wordsOf = (name: string) => parts(name).join(' ');
/** Returns `is paid` for `paid`, and `has a lid` for `has a lid`. */
export const statementOf = (label: string) =>
  /^(?:is|was|has|had|can|may|must|needs|wants|allows) /.test(label) ? label : `is ${label}`;

/** Names with the article "an": those that begin with the sound of a vowel. */
const AN = /^(?:hour|honest|honou?r|heir|(?!eu|one\b)[aeio]|u(?!n[iu]|s[aeu]|t[ei]))/;

/** Returns the forms of a name. Throws a Refusal if the name cannot be used in code. */
export function namesOf(name: string): Names {
  if (!PATTERN.test(name))
    throw new Refusal(`"${name}" is not a valid name: use lower-case words such as purchase-order`);
  if (name.startsWith('pg-')) throw new Refusal(`"${name}" cannot be used: tables of PostgreSQL itself begin with pg_`);
  if (name.length > LONGEST) throw new Refusal(`"${name}" is too long: ${LONGEST} characters at most`);
  const path = pluralize.plural(name);
  if (path === name) {
    const singular = pluralize.singular(name);
    throw new Refusal(
      singular === name
        ? `"${name}" has no separate plural: use a word whose singular and plural differ`
        : `Use the singular: "${singular}" instead of "${name}"`,
    );
  }
  if (isReserved(camel(name)) || isReserved(camel(path))) throw new Refusal(`"${name}" is a reserved word`);
  return namesFor(name, path, path.replaceAll('-', '_'));
}

/** Returns the forms of the name of an existing resource. */
export function namesFor(name: string, path: string, table: string): Names {
  return {
    file: name,
    path,
    Class: pascal(name),
    Classes: pascal(path),
    variable: camel(name),
    variables: camel(path),
    snake: name.replaceAll('-', '_'),
    table,
    words: wordsOf(name),
    manyWords: wordsOf(path),
    one: `${AN.test(name) ? 'an' : 'a'} ${wordsOf(name)}`,
  };
}
