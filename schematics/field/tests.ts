import { SyntaxKind, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';
import type { Field } from '../lib/fields.ts';
import { NotPlaced, type Edits, type Feature } from '../lib/feature.ts';
import { addImports, addToList, addToObject, exportedObject, innerObject } from '../lib/syntax.ts';
import { exampleOf, freshOf, sqlValueOf } from '../render/samples.ts';
import { takenSentence } from '../render/taken.ts';
import { literal, needsFresh, SHOWN, sqlText } from '../render/tests.ts';

/** Adds the field to the tests of the whole application, and to the requests in the tests of the resource. */
export function placeInTests(added: Field, feature: Feature, edits: Edits): void {
  const { names, resource, test } = feature;
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
  if (added.target) return;
  edits.change(test, (file) => {
    const given = objectOf(file, 'GIVEN');
    if (!given) throw new NotPlaced(`it has no GIVEN: add a test for ${added.name}`);
    if (added.unique) placeUnique(file, added, feature);
    else addToObject(given, added.name, literal(exampleOf(added)));
  });
}

function objectOf(file: SourceFile, name: string): ObjectLiteralExpression | undefined {
  const initializer = file.getVariableDeclaration(name)?.getInitializer();
  return (
    initializer?.asKind(SyntaxKind.ObjectLiteralExpression) ??
    initializer?.getFirstDescendantByKind(SyntaxKind.ObjectLiteralExpression)
  );
}

/** Gives a unique field another value in each request, and adds a test for it. */
function placeUnique(file: SourceFile, added: Field, { names }: Feature): void {
  const value = freshOf(added);
  const fresh = objectOf(file, 'fresh');
  if (fresh) addToObject(fresh, added.name, value);
  else {
    const statement = file.getVariableStatementOrThrow('GIVEN');
    const text = `/** Values that no other row has. */\nconst fresh = () => ({ ...GIVEN, ${added.name}: ${value} });`;
    file.insertStatements(statement.getChildIndex() + 1, text);
  }
  const writer = file
    .getVariableDeclarations()
    .find((one) => one.getInitializer()?.getText().startsWith('await anOwner('));
  if (writer) file.addStatements(uniqueTest(added, names, writer.getName()));
  addImports(file, {
    'node:crypto': ['randomUUID', 'randomInt', 'randomBytes'].filter((name) => value.includes(`${name}(`)),
    '../support/refusals.js': writer ? ['expectRefused'] : [],
  });
}

const uniqueTest = (added: Field, names: Feature['names'], writer: string) => `
it('keeps each ${added.name} unique', async () => {
  const { body } = await ${writer}.post('/${names.path}', fresh());
  const same = { ...fresh(), ${added.name}: body.${added.name} as unknown };
  expectRefused(await ${writer}.post('/${names.path}', same), 409, '${takenSentence({ names }, added)}');
});`;
