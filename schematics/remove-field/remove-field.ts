import type { Rule, Tree } from '@angular-devkit/schematics';
import { Node, SyntaxKind, type ArrayLiteralExpression, type PropertyDeclaration, type SourceFile } from 'ts-morph';
import { Edits, featureOf, NotPlaced, type Feature } from '../lib/feature.ts';
import { formatted } from '../lib/formatted.ts';
import { dropColumn, forgetColumn } from '../lib/migrations.ts';
import { pascal, wordsOf } from '../lib/names.ts';
import { Sources } from '../lib/project.ts';
import { Refusal } from '../lib/refusal.ts';
import { tellSearch } from '../lib/sentences.ts';
import { exportedObject, removeProperty, removeUnusedImports } from '../lib/syntax.ts';
import { isOfAnswer, refuseUses, textListsOf } from '../lib/uses.ts';
import { wordsOf as argumentsOf, type Options } from '../resource/resource.ts';
import { columnOf, concerns, GONE, makeNullable, sqlTypeOf } from './column.ts';

/**
 * Removes a field in two steps, one per release. The first call removes it from the API and makes its column nullable,
 * which the former build can handle. The second call drops the column. Throws a Refusal before anything is changed.
 */
export function removeField(options: Options): Rule {
  return (tree, context) => {
    const sources = new Sources(tree);
    const [name, field, ...others] = argumentsOf(options);
    const feature = featureOf(name, sources);
    if (field === undefined || others.length > 0) throw new Refusal(`Give exactly one field of ${feature.names.file}`);
    const column = columnOf(sources.file(feature.entity), feature, field);
    const edits = new Edits(sources);
    if (column.getJsDocs().some((doc) => doc.getText() === GONE)) drop(sources, field, column, feature, edits);
    else forget(tree, field, column, feature, edits);
    for (const sentence of edits.notPlaced) context.logger.warn(`Not placed: ${sentence}`);
    return formatted();
  };
}

/** Removes the field from the API. The column stays and becomes nullable. */
function forget(tree: Tree, field: string, column: PropertyDeclaration, feature: Feature, edits: Edits): void {
  const { names } = feature;
  const isNullable = column.getTypeNodeOrThrow().getText().includes('null');
  edits.change(feature.dto, (file) => {
    const classes = file.getClasses().map((one) => one.getName() ?? '');
    const having = classes.filter((name) => file.getClass(name)?.getProperty(field));
    if (having.length === 0) throw new NotPlaced(`no class has ${field}`);
    for (const name of having) removeProperty(file.getClassOrThrow(name).getPropertyOrThrow(field));
    refuseUses(file, field);
    removeUnusedImports(file);
  });
  edits.change(feature.entity, (file) => {
    const given = columnOf(file, feature, field);
    makeNullable(given);
    refuseUses(file, field, { isMeant: isOfColumn });
  });
  edits.change(feature.service, (file) => forgetInService(file, field));
  edits.change(feature.controller, (file) =>
    tellSearch(file, (labels) => (labels.length > 1 ? labels.filter((label) => label !== wordsOf(field)) : labels)),
  );
  edits.change(feature.resource, (file) => {
    const object = exportedObject(file);
    for (const name of ['shows', 'fresh']) {
      const lists = object.getProperty(name)?.getDescendantsOfKind(SyntaxKind.ArrayLiteralExpression) ?? [];
      for (const list of lists) removeElement(list, field);
    }
  });
  edits.change(feature.test, (file) => {
    for (const name of ['GIVEN', 'fresh']) {
      const object = file.getVariableDeclaration(name)?.getFirstDescendantByKind(SyntaxKind.ObjectLiteralExpression);
      object?.getProperty(field)?.remove();
    }
    refuseUses(file, field, { isMeant: isOfAnswer });
    removeUnusedImports(file);
  });
  forgetColumn(tree, names, field, isNullable);
}

const isOfColumn = (use: Node) =>
  Node.isPropertyDeclaration(use.getParent()) ||
  Node.isEnumMember(use.getParent()) ||
  use.getFirstAncestorByKind(SyntaxKind.Decorator) !== undefined;

function forgetInService(file: SourceFile, field: string): void {
  for (const list of textListsOf(file)) removeElement(list, field);
  if (textListsOf(file).some((list) => list.getElements().length === 0 && isOfSearch(list)))
    throw new NotPlaced(`it searches only ${field}: remove the search by hand`);
  refuseUses(file, field);
}

const isOfSearch = (list: ArrayLiteralExpression) =>
  list.getParentIfKind(SyntaxKind.CallExpression)?.getExpression().getText().endsWith('.search') === true;

function removeElement(list: ArrayLiteralExpression, text: string): void {
  const element = list.getElements().find((one) => one.getText() === `'${text}'`);
  if (element) list.removeElement(element);
}

/** Drops the column from the table. */
function drop(sources: Sources, field: string, column: PropertyDeclaration, feature: Feature, edits: Edits): void {
  const { names } = feature;
  const type = sqlTypeOf(column);
  const choices = `${names.Class}${pascal(field)}`;
  const isChoiceUsed = sources
    .paths('src')
    .some((path) => path !== feature.entity && sources.tree.readText(path).includes(choices));
  edits.change(feature.entity, (file) => {
    for (const one of file.getClassOrThrow(names.Class).getDecorators()) if (concerns(one, field)) one.remove();
    const properties = file.getClassOrThrow(names.Class).getProperties();
    const joined = properties.find((one) => one.getDecorator('JoinColumn')?.getText().includes(`'${field}'`));
    if (joined) removeProperty(joined);
    removeProperty(columnOf(file, feature, field));
    if (!isChoiceUsed) file.getEnum(choices)?.remove();
    removeUnusedImports(file);
  });
  edits.change(feature.resource, (file) => {
    for (const one of file.getDescendantsOfKind(SyntaxKind.PropertyAssignment).toReversed())
      if (one.getName() === field) one.remove();
    removeUnusedImports(file);
  });
  dropColumn(sources.tree, names, field, type);
}
