import { SyntaxKind, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';
import type { Field } from '../lib/fields.ts';
import { NotPlaced, type Edits, type Feature } from '../lib/feature.ts';
import { addImports } from '../lib/import-edits.ts';
import { append } from '../lib/lists.ts';
import type { Names } from '../lib/names.ts';
import { testOf } from '../lib/own-parts.ts';
import {
  addToList,
  addToObject,
  declarationOf,
  declaringStatement,
  exportedObject,
  innerObject,
} from '../lib/syntax.ts';
import { freshOf, sqlValueOf } from '../render/samples.ts';
import {
  freshFunction,
  givenOf,
  needsFresh,
  RELATION_TITLE,
  relationTest,
  SHOWN,
  sqlText,
  uniqueTest,
} from '../render/tests.ts';

/** What has been placed: the field in the requests and responses, where a new row is stored, and its error. */
interface Placed {
  readonly isInModels: boolean;
  readonly isStored: boolean;
  readonly isRefused: boolean;
}

/**
 * Adds the field to the tests of the whole application, and to the requests in the tests of the resource. Reports the
 * tests that would fail until a person has placed the field elsewhere.
 */
export function placeInTests(added: Field, feature: Feature, edits: Edits, placed: Placed): void {
  const { names, route, resource, test } = feature;
  const later = () => {
    throw new NotPlaced(`add ${added.name} when new rows have it`);
  };
  if (!placed.isInModels) return edits.change(test, later);
  edits.change(resource, (file) => {
    const object = exportedObject(file);
    if (SHOWN.has(added.kind)) addToList(innerObject(object, 'shows'), names.table, `'${added.name}'`);
    if (!needsFresh(added)) return;
    const subjects = innerObject(exportedObject(file), 'subjects');
    const rows = innerObject(subjects, `${names.snake}_id`);
    if (!rows.getProperty('values')) throw new NotPlaced(`${names.snake}_id has no values: add one for ${added.name}`);
    addToObject(innerObject(rows, 'values'), added.name, sqlText(sqlValueOf(added, { names, search: [] })));
    addToList(exportedObject(file), 'fresh', `'${added.name}'`);
  });
  edits.change(test, (file) => {
    if (!placed.isStored) later();
    if (!placed.isRefused) throw new NotPlaced(`add ${added.name} when its error is thrown`);
    placeInTest(file, added, { ...names, path: route });
  });
}

function placeInTest(file: SourceFile, added: Field, names: Names): void {
  const given = objectOf(file, 'GIVEN');
  if (!given) throw new NotPlaced(`it has no GIVEN: add a test for ${added.name}`);
  const writer = file
    .getVariableDeclarations()
    .find((one) => one.getInitializer()?.getText().startsWith('await anOwner(') === true)
    ?.getName();
  if (added.unique) placeUnique(file, added, names, writer);
  else addToObject(given, added.name, givenOf(added));
  if (added.target) placeRelation(file, added, names, writer);
}

const LIST_TITLE = 'lists each row once, page by page';

/** Returns the object that a variable or a function of a test contains. */
function objectOf(file: SourceFile, name: string): ObjectLiteralExpression | undefined {
  return declarationOf(file, name)?.getFirstDescendantByKind(SyntaxKind.ObjectLiteralExpression);
}

/** Gives a unique field another value in each request of its own test, and adds this test. */
function placeUnique(file: SourceFile, added: Field, names: Names, writer: string | undefined): void {
  const value = freshOf(added);
  const fresh = objectOf(file, 'fresh');
  if (fresh) addToObject(fresh, added.name, value);
  else file.insertStatements(declaringStatement(file, 'GIVEN')!.getChildIndex() + 1, freshFunction([added]));
  if (writer !== undefined) addTest(file, uniqueTest(added, names, writer), [RELATION_TITLE, LIST_TITLE]);
  addImports(file, {
    'node:crypto': ['randomUUID', 'randomInt', 'randomBytes'].filter((name) => value.includes(`${name}(`)),
    '../support/refusals.js': [writer !== undefined && 'expectRefused'],
  });
}

/** Adds a relation to the test of ids that do not exist. Adds the test if needed. */
function placeRelation(file: SourceFile, added: Field, names: Names, writer: string | undefined): void {
  const list = testOf(file, RELATION_TITLE)?.getFirstDescendantByKind(SyntaxKind.ArrayLiteralExpression);
  if (list) append(list, `'${added.name}'`);
  else if (writer !== undefined) addTest(file, relationTest([added], names, writer, bodyIn(file)), [LIST_TITLE]);
  if (!declarationOf(file, 'newest')) addImports(file, { '../support/database.js': ['newest'] });
}

/** Returns the body of a new row as code: GIVEN can be sent only once if it has the value of a unique field. */
function bodyIn(file: SourceFile): string {
  const fresh = objectOf(file, 'fresh')?.getProperties() ?? [];
  const names = fresh.map((one) => one.asKind(SyntaxKind.PropertyAssignment)?.getName());
  return names.some((name) => name !== undefined && objectOf(file, 'GIVEN')?.getProperty(name)) ? 'fresh()' : 'GIVEN';
}

/** Adds a test before the first of the tests with these titles that is there, otherwise at the end. */
function addTest(file: SourceFile, text: string, titles: readonly string[]): void {
  const next = titles.map((title) => testOf(file, title)).find((one) => one !== undefined);
  if (next) file.insertStatements(next.getChildIndex(), `\n${text.trim()}\n`);
  else file.addStatements(text);
}
