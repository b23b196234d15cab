import type { Rule } from '@angular-devkit/schematics';
import { Node, SyntaxKind, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';
import { Edits, featureOf, NotPlaced, type Feature } from '../lib/feature.ts';
import { formatted } from '../lib/formatted.ts';
import { renameColumn } from '../lib/rename-column.ts';
import { wordsOf } from '../lib/names.ts';
import { Sources } from '../lib/project.ts';
import { Refusal } from '../lib/refusal.ts';
import { whyNoField } from '../lib/reserved.ts';
import { tellRenamed, tellSearch } from '../lib/sentences.ts';
import { addClassDecorator, exportedObject } from '../lib/syntax.ts';
import { isOfAnswer, refuseUses, textListsOf } from '../lib/uses.ts';
import { checkOf, columnOf, makeNullable, ruleOf, ruleOfRenamed, sqlTypeOf } from '../remove-field/column.ts';
import { quoted } from '../render/sql.ts';
import { wordsOf as argumentsOf, type Options } from '../resource/resource.ts';

/**
 * Renames a field in two steps, one per release. This is the first: it adds a column with the new name. A trigger keeps
 * both columns equal while builds with either name run. The second step is `remove-field` with the former name. Throws
 * a Refusal before anything is changed.
 */
export function renameField(options: Options): Rule {
  return (tree, context) => {
    const sources = new Sources(tree);
    const [name, from, to, ...others] = argumentsOf(options);
    const feature = featureOf(name, sources);
    if (from === undefined || to === undefined || others.length > 0)
      throw new Refusal(`Give the current and the new name of a field of ${feature.names.file}`);
    refuseUnfit(from, to, feature, sources);
    const column = columnOf(sources.file(feature.entity), feature, from);
    const isNullable = column.getTypeNodeOrThrow().getText().includes('null');
    const declared = sources.file(feature.entity).getClassOrThrow(feature.names.Class);
    const rule = ruleOf(checkOf(declared, `'${feature.names.table}_${from}_check'`));
    const isSearched = column.getDecorator('Searched') !== undefined;
    const type = sqlTypeOf(column);
    const edits = new Edits(sources);
    place(from, to, feature, edits);
    renameColumn(tree, feature.names, {
      from,
      to,
      type,
      isNullable,
      isSearched,
      check: rule === undefined ? undefined : ruleOfRenamed(rule, from, to),
    });
    for (const sentence of edits.notPlaced) context.logger.warn(`Not placed: ${sentence}`);
    return formatted();
  };
}

function refuseUnfit(from: string, to: string, feature: Feature, sources: Sources): void {
  const why = whyNoField(to);
  if (why !== undefined) throw new Refusal(`"${to}" cannot be the name of a field: ${why}`);
  const column = columnOf(sources.file(feature.entity), feature, from);
  const declared = column.getParentOrThrow().asKindOrThrow(SyntaxKind.ClassDeclaration);
  if (declared.getInstanceMember(to)) throw new Refusal(`${feature.names.file} already has a field ${to}`);
  const isKey = declared
    .getDecorators()
    .some((one) => ['Unique', 'Index'].includes(one.getName()) && one.getText().includes(`'${from}'`));
  const hasDefault = column.getDecorators().some((one) => one.getText().includes('default:'));
  if (isKey || hasDefault)
    throw new Refusal(
      `${from} cannot be renamed: a trigger cannot keep two columns equal that have an index or a default. Add ${to} instead, and remove ${from} in the next release`,
    );
}

function place(from: string, to: string, feature: Feature, edits: Edits): void {
  edits.change(feature.dto, (file) => {
    const properties = file.getClasses().flatMap((one) => one.getProperty(from) ?? []);
    if (properties.length === 0) throw new NotPlaced(`no class has ${from}`);
    for (const property of properties) {
      property.getNameNode().replaceWithText(to);
      tellRenamed(property, from, to);
    }
    refuseUses(file, from, { todo: 'rename it' });
  });
  edits.change(feature.entity, (file) => placeInEntity(file, from, to, feature));
  edits.change(feature.service, (file) => {
    for (const list of textListsOf(file)) renameElement(list.getElements(), from, to);
    refuseUses(file, from, { todo: 'rename it' });
  });
  edits.change(feature.resource, (file) => {
    for (const list of exportedObject(file).getDescendantsOfKind(SyntaxKind.ArrayLiteralExpression))
      renameElement(list.getElements(), from, to);
    renameProperties(file, from, to);
  });
  edits.change(feature.controller, (file) =>
    tellSearch(file, (labels) => labels.map((label) => (label === wordsOf(from) ? wordsOf(to) : label))),
  );
  edits.change(feature.test, (file) => placeInTest(file, from, to));
}

function placeInEntity(file: SourceFile, from: string, to: string, feature: Feature): void {
  const { Class, table } = feature.names;
  const inNames = (text: string) => text.replaceAll(`${table}_${from}_`, `${table}_${to}_`);
  const column = columnOf(file, feature, from);
  const start = column.getStart(true);
  const before = column.getText(true).slice(0, column.getNameNode().getStart() - start);
  const behind = column.getText(true).slice(before.length + from.length);
  const checkName = `'${table}_${from}_check'`;
  const rule = ruleOf(checkOf(file.getClassOrThrow(Class), checkName));
  if (rule !== undefined)
    addClassDecorator(file, Class, `Check(${inNames(checkName)}, ${quoted(ruleOfRenamed(rule, from, to))})`);
  makeNullable(columnOf(file, feature, from));
  file.insertText(columnOf(file, feature, from).getStart(true), `${inNames(before)}${to}${behind}\n\n`);
}

function placeInTest(file: SourceFile, from: string, to: string): void {
  const declared = ['GIVEN', 'fresh'].flatMap((name) => file.getVariableDeclaration(name) ?? []);
  const literals = file.getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression).filter(isOfRow);
  const ofRows = declared.length === 0 ? [] : [...declared, ...literals];
  for (const one of ofRows.flatMap((node) => node.getDescendantsOfKind(SyntaxKind.PropertyAssignment)))
    if (one.getName() === from) one.getNameNode().replaceWithText(to);
  refuseUses(file, from, { todo: 'rename it', isMeant: isOfAnswer });
}

/**
 * Returns whether an object is the body of a request, such as `{ ...GIVEN, note: … }` or `admin.patch(address, { note:
 * … })`.
 */
function isOfRow(object: ObjectLiteralExpression): boolean {
  const call = object.getParentIfKind(SyntaxKind.CallExpression)?.getExpression().getText() ?? '';
  return /\.(?:post|put|patch)$/.test(call) || object.getProperties().some((one) => Node.isSpreadAssignment(one));
}

function renameElement(elements: readonly Node[], from: string, to: string): void {
  elements.find((one) => one.getText() === `'${from}'`)?.replaceWithText(`'${to}'`);
}

function renameProperties(file: SourceFile, from: string, to: string): void {
  for (const one of file.getDescendantsOfKind(SyntaxKind.PropertyAssignment))
    if (one.getName() === from) one.getNameNode().replaceWithText(to);
}
