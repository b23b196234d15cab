import type { Definition } from '../lib/definition.ts';
import type { Field } from '../lib/fields.ts';
import type { Names } from '../lib/names.ts';
import type { Imports } from './imports.ts';
import { exampleOf, freshOf, sqlValueOf } from './samples.ts';
import { takenSentence } from './taken.ts';

/** Returns a value as TypeScript. */
const literal = (value: unknown) =>
  typeof value === 'string' ? `'${value}'` : JSON.stringify(value).replaceAll('"', "'");

/** Returns the value of a field in the body of a request, as TypeScript. */
export const givenOf = (field: Field) =>
  field.target ? `await newest('${field.target.table}')` : literal(exampleOf(field));

/** Returns the function of a test that gives unique fields another value each time. */
export const freshFunction = (unique: readonly Field[]) =>
  `/** Values that no other row has. */
const fresh = () => ({ ...GIVEN, ${unique.map((field) => `${field.name}: ${freshOf(field)}`).join(', ')} });`;

/**
 * Returns whether the tests send a field only where it matters: it is unique and may be null. So bodies can be sent more
 * than once.
 */
const isSentApart = ({ unique, nullable }: Field) => unique && nullable;

export const uniqueTitle = (name: string) => `keeps each ${name} unique`;

/** Returns the test of a unique field. */
export function uniqueTest(field: Field, names: Names, writer: string): string {
  const { name } = field;
  const address = `'/${names.path}'`;
  const invalid = `  expect((await ${writer}.post(${address}, { ...fresh(), ${name}: [[]] })).status).toBe(422);\n`;
  return `
it('${uniqueTitle(name)}', async () => {
  const { body } = await ${writer}.post(${address}, fresh());
  const same = { ...fresh(), ${name}: body.${name} as unknown };
  expectRefused(await ${writer}.post(${address}, same), 409, '${takenSentence(field, names)}');
${isSentApart(field) ? invalid : ''}});
`;
}

export const RELATION_TITLE = 'refuses an id in %s that does not exist';

/** Returns the test of all relations. */
export const relationTest = (relations: readonly Field[], { path }: Names, writer: string, body: string) => `
it.each([${relations.map(({ name }) => `'${name}'`).join(', ')}])('${RELATION_TITLE}', async (name) => {
  const { status } = await ${writer}.post('/${path}', { ...${body}, [name]: 2_147_483_647 });
  expect(status).toBe(404);
});
`;

/** Returns another valid value than the example. */
function otherOf(field: Field): unknown {
  const { kind, choices, max } = field;
  const example = exampleOf(field);
  switch (kind) {
    case 'string':
    case 'text':
      return String(example)
        .replace(/^Desk/, 'Wall')
        .replace(/^(?!Wall)./, 'W');
    case 'int':
    case 'cents':
      return Number(example) + 1 > max ? Number(example) - 1 : Number(example) + 1;
    case 'enum':
      return choices[1];
    case 'boolean':
      return false;
    case 'list':
      return (example as string[]).map(() => 'late');
    case 'map':
      return { plan: 'big' };
    case 'date':
      return '2026-02-01';
    case 'datetime':
      return '2026-02-01T09:30:00.000Z';
    case 'email':
      return 'ada@example.com';
    case 'url':
      return 'https://example.com/desks';
    default:
      return '1c9e7c52-4a61-4d0c-8a57-3f2b1c9d8e71';
  }
}

/**
 * Returns the field that the tests change, if possible one that is not unique. A reference can only be removed, because
 * there may be no other row.
 */
function changedOf(fields: readonly Field[]): string {
  const own = fields.filter(({ kind }) => kind !== 'relation');
  const field = own.find(({ unique }) => !unique) ?? own[0];
  if (field) return `${field.name}: ${literal(otherOf(field))}`;
  const optional = fields.find(({ nullable }) => nullable);
  return optional ? `${optional.name}: null` : '';
}

const NAMED_OTHERWISE = new Set(['username', 'email']);

/** Returns whether the documented example cannot be sent for each row, because it must be unique or refers to a row. */
export function needsFresh({ name, kind, unique, target }: Field): boolean {
  const isNamedOtherwise = target !== undefined && name !== `${singularOf(target.Class)}_id`;
  return unique || isNamedOtherwise || (NAMED_OTHERWISE.has(name) && kind !== 'email');
}

/** `PurchaseOrder` → `purchase_order`. */
const singularOf = (Class: string) => Class.replaceAll(/(?<!^)[A-Z]/g, '_$&').toLowerCase();

export function testView(definition: Definition): { view: object; imports: Imports } {
  const { names, fields, reads, writes, owned } = definition;
  const unique = fields.filter((field) => field.unique);
  const relations = fields.filter(({ target }) => target);
  const given = fields.every(isSentApart) ? fields : fields.filter((field) => !isSentApart(field));
  const body = given.some((field) => field.unique) ? 'fresh()' : 'GIVEN';
  const fresh = unique.length > 0 ? `${freshFunction(unique)}\n` : '';
  const writer = writes === 'admin' || reads === 'admin' ? 'admin' : 'user';
  const stranger = writes === 'admin' ? '403' : owned ? '404' : undefined;
  const changed = changedOf(fields);
  const view = {
    writer,
    stranger,
    fresh,
    body,
    given: given.map((field) => `${field.name}: ${givenOf(field)}`).join(', '),
    changed,
    staleTag: changed === '' ? `'"former"'` : `made.headers['etag']!`,
    refusedWho: refusedWho(stranger),
    ownTests: [
      ...unique.map((field) => uniqueTest(field, names, writer)),
      ...(relations.length > 0 ? [relationTest(relations, names, writer, body)] : []),
    ].join(''),
    ...resourceView(definition),
  };
  const random = ['randomUUID', 'randomInt', 'randomBytes'].filter((name) => fresh.includes(`${name}(`));
  const imports: Imports = {
    'node:crypto': random,
    '../support/database.js': relations.length > 0 ? ['newest'] : [],
    '../support/links.js': ['pagesOf'],
    '../support/refusals.js': ['expectNotAuthenticated', 'expectRefused'],
    '../support/subjects.js': ['anOwner'],
    '../support/world.js': ['anon'],
  };
  return { view, imports };
}

function refusedWho(stranger: string | undefined): string {
  if (stranger === undefined) return 'requests without a token';
  return stranger === '403'
    ? 'requests without a token, and callers who are not admins'
    : 'requests without a token, and other accounts';
}

/** The kinds of fields whose texts are in responses. */
export const SHOWN: ReadonlySet<Field['kind']> = new Set<Field['kind']>([
  'string',
  'text',
  'email',
  'url',
  'enum',
  'map',
]);

function resourceView(definition: Definition): object {
  const { names, fields, search, reads, writes, owned } = definition;
  const read = reads === 'signed-in' || reads === 'own' ? 'caller' : reads;
  const write = owned ? 'own' : writes === 'admin' ? 'admin' : 'caller';
  const access = {
    [`list${names.Classes}`]: read,
    [`get${names.Class}`]: reads === 'own' ? 'own' : read,
    [`create${names.Class}`]: owned ? 'caller' : write,
    [`patch${names.Class}`]: write,
    [`delete${names.Class}`]: write,
  };
  const fresh = fields.filter(needsFresh);
  const needed = fields.filter(
    (field) =>
      search.includes(field) ||
      fresh.includes(field) ||
      !(field.nullable || field.fallback !== undefined || hasDefault(field)),
  );
  const told = needed.length > 0 || owned ? needed : fields.slice(0, 1); // a row needs at least one value
  const values = told.map((field) => `${field.name}: ${sqlText(sqlValueOf(field, definition))}`);
  return {
    access: Object.entries(access)
      .map(([id, rule]) => `${id}: '${rule}'`)
      .join(', '),
    values: [...(owned ? [`user_id: 'owner'`] : []), ...values].join(', '),
    usesSearched: values.some((value) => value.includes('SEARCHED')),
    freshNames: fresh.map(({ name }) => `'${name}'`).join(', '),
    shown: fields
      .filter(({ kind }) => SHOWN.has(kind))
      .map(({ name }) => `'${name}'`)
      .join(', '),
  };
}

const hasDefault = ({ kind, min }: Field) => kind === 'map' || (kind === 'list' && min === 0);

/** Returns an SQL expression as a TypeScript literal. */
export function sqlText(expression: string): string {
  if (expression === 'SEARCHED') return expression;
  const filled = expression.replace('SEARCHED', '${SEARCHED}');
  return filled !== expression || expression.includes("'") ? `\`${filled}\`` : `'${filled}'`;
}
