import { chain, type Rule } from '@angular-devkit/schematics';
import { SyntaxKind, type ArrayLiteralExpression, type PropertyDeclaration, type SourceFile } from 'ts-morph';
import { withinBudget } from '../lib/budget.ts';
import { Edits, featureOf, NotPlaced, type Feature } from '../lib/feature.ts';
import { formatted } from '../lib/formatted.ts';
import { dropColumn, forgetColumn } from '../lib/migrations.ts';
import { wordsOf } from '../lib/names.ts';
import {
  dtoClassesOf,
  fieldListsOf,
  isOfOtherClass,
  isOfResource,
  modelsOf,
  needModels,
  rowValueOf,
} from '../lib/own-parts.ts';
import { Sources } from '../lib/project.ts';
import { Refusal } from '../lib/refusal.ts';
import { tellSearch } from '../lib/sentences.ts';
import { removeUnusedImports } from '../lib/import-edits.ts';
import { declarationOf, declaringStatement, exportedObject, namesIn, removeMember } from '../lib/syntax.ts';
import { isOfAnswer, refuseUses, refuseUsesInEntity, reportUses, textListsOf } from '../lib/uses.ts';
import { wordsOf as argumentsOf, type Options } from '../resource/resource.ts';
import { columnOf, concerns, formOf, isColumn, isGone, markGone, setOption } from '../lib/column.ts';
import { takenOf } from '../render/taken.ts';
import { fallbackFor } from './fallback.ts';
import { forgetInController, forgetTests, forgetViolation, type Unthrown } from './violations.ts';
import { refusePending } from '../lib/pending.ts';

/**
 * Removes a field in two steps, one per release. The first call removes it from the API and gives a required column a
 * default: rows of the next build then have a value that the former build can show. The second call drops the column.
 * Throws a Refusal before anything is changed.
 */
export function removeField(options: Options): Rule {
  return (tree, context) => {
    const former = tree.branch();
    const sources = new Sources(tree);
    const [name, field, ...others] = argumentsOf(options);
    const feature = featureOf(name, sources);
    if (field === undefined || others.length > 0) throw new Refusal(`Give exactly one field of ${feature.names.file}`);
    const column = columnOf(sources.file(feature.entity), feature, field);
    const edits = new Edits(sources);
    refusePending(field, feature, sources);
    refuseUsesInEntity(sources, feature, field);
    if (isGone(column)) drop(sources, field, column, feature, edits);
    else forget(sources, field, column, feature, edits);
    for (const sentence of edits.notPlaced) context.logger.warn(`Not placed: ${sentence}`);
    return chain([formatted(), withinBudget(former)]);
  };
}

/** Removes the field from the API. The column stays. A required one gets a default. */
function forget(sources: Sources, field: string, column: PropertyDeclaration, feature: Feature, edits: Edits): void {
  refuseLast(field, column, feature);
  const fallback = fallbackFor(column, feature);
  const isInModels = modelsOf(feature, sources).some((one) => one.getProperty(field));
  for (const path of feature.dtos)
    edits.change(path, (file) => {
      if (!isInModels) throw new NotPlaced(`no class has ${field}`);
      needModels(feature, sources);
      forgetInDto(file, field, feature);
    });
  edits.change(feature.entity, (file) => {
    if (fallback) setOption(columnOf(file, feature, field), 'default', fallback.code);
    markGone(columnOf(file, feature, field));
  });
  const unthrown: Unthrown[] = [];
  edits.change(feature.service, (file) => {
    unthrown.push(...forgetInService(file, field, feature));
  });
  edits.change(feature.controller, (file) => {
    tellSearch(file, (labels) => (labels.length > 1 ? labels.filter((label) => label !== wordsOf(field)) : labels));
    for (const one of unthrown) forgetInController(file, one, feature);
    removeUnusedImports(file);
  });
  if (unthrown.some(({ error }) => error === takenOf({ name: field }, feature.names)))
    edits.change(feature.errors, (file) => {
      file.getVariableStatement(takenOf({ name: field }, feature.names))?.remove();
      removeUnusedImports(file);
    });
  edits.change(feature.resource, (file) => forgetInResource(file, field, feature));
  edits.change(feature.test, (file) => forgetInTest(file, field));
  reportUses(sources, feature, field, edits);
  if (fallback) forgetColumn(sources.tree, feature.names, field, fallback.sql);
}

/** Refuses the last field: a resource without fields has nothing to create or change. */
function refuseLast(field: string, column: PropertyDeclaration, { names }: Feature): void {
  const declared = column.getParentOrThrow().asKindOrThrow(SyntaxKind.ClassDeclaration);
  const others = declared.getProperties().filter((one) => isColumn(one) && !isGone(one));
  if (others.every((one) => one.getName() === field || one.getName() === 'user_id'))
    throw new Refusal(`${field} is the last field of ${names.file}: a resource needs at least one`);
}

function forgetInDto(file: SourceFile, field: string, feature: Feature): void {
  const having = dtoClassesOf(file, feature).flatMap((one) => (one.getProperty(field) ? one.getNameOrThrow() : []));
  for (const name of having) removeMember(file.getClassOrThrow(name).getPropertyOrThrow(field));
  refuseUses(file, field, { isMeant: (use) => isOfOtherClass(use, feature) });
  removeUnusedImports(file);
}

/** Returns the error that writes no longer throw, if there is one. */
function forgetInService(file: SourceFile, field: string, feature: Feature): Unthrown[] {
  for (const at of textListsOf(file).keys()) removeText(textListsOf(file)[at]!, field);
  if (textListsOf(file).some((list) => list.getElements().length === 0 && isOfSearch(list)))
    throw new NotPlaced(`it searches only ${field}: remove the search by hand`);
  if (textListsOf(file).some((list) => isOfSearch(list) && isOnlyLong(list)))
    throw new NotPlaced(`without ${field}, it searches only long texts: change the search by hand`);
  const unthrown = forgetViolation(file, field, feature);
  refuseUses(file, field);
  removeUnusedImports(file);
  return unthrown;
}

function forgetInResource(file: SourceFile, field: string, feature: Feature): void {
  for (const at of fieldListsOf(file, feature).keys()) removeText(fieldListsOf(file, feature)[at]!, field);
  const fresh = exportedObject(file).getProperty('fresh');
  if (fresh?.getText() === 'fresh: []') removeMember(fresh);
  refuseUses(file, field, { isMeant: isOfResource });
}

function forgetInTest(file: SourceFile, field: string): void {
  forgetTests(file, field);
  for (const name of ['GIVEN', 'fresh']) {
    const object = declarationOf(file, name)?.getFirstDescendantByKind(SyntaxKind.ObjectLiteralExpression);
    const property = object?.getProperty(field);
    if (property) removeMember(property);
  }
  for (const name of ['newest', 'fresh']) if (namesIn(file, name) === 1) declaringStatement(file, name)?.remove();
  refuseUses(file, field, { isMeant: isOfAnswer });
  removeUnusedImports(file);
}

const isOfSearch = (list: ArrayLiteralExpression) =>
  list.getParentIfKind(SyntaxKind.CallExpression)?.getExpression().getText().endsWith('.search') === true;

/** Returns whether all fields of a search are long texts, which are not searched for words of one or two letters. */
function isOnlyLong(list: ArrayLiteralExpression): boolean {
  const call = list.getParentIfKindOrThrow(SyntaxKind.CallExpression);
  const [long] = call.getArguments().at(-1)?.getDescendantsOfKind(SyntaxKind.ArrayLiteralExpression) ?? [];
  const texts = new Set(long?.getElements().map((one) => one.getText()));
  return list.getElements().every((one) => texts.has(one.getText()));
}

function removeText(list: ArrayLiteralExpression, text: string): void {
  const element = list.getElements().find((one) => one.getText() === `'${text}'`);
  if (element) removeMember(element);
}

/** Drops the column from the table. */
function drop(sources: Sources, field: string, column: PropertyDeclaration, feature: Feature, edits: Edits): void {
  const { names } = feature;
  const { type } = formOf(column);
  const choices = column.getTypeNodeOrThrow().getText().replace(' | null', '');
  const isUsedElsewhere = sources
    .paths('src')
    .some((path) => path !== feature.entity && sources.tree.readText(path).includes(choices));
  edits.change(feature.entity, (file) => {
    for (const one of file.getClassOrThrow(names.Class).getDecorators()) if (concerns(one, field)) one.remove();
    const properties = file.getClassOrThrow(names.Class).getProperties();
    const joined = properties.find((one) => one.getDecorator('JoinColumn')?.getText().includes(`'${field}'`));
    if (joined) removeMember(joined);
    removeMember(columnOf(file, feature, field));
    if (!isUsedElsewhere && namesIn(file, choices) === 1) file.getEnum(choices)?.remove();
    removeUnusedImports(file);
  });
  edits.change(feature.resource, (file) => {
    const value = rowValueOf(file, feature, field);
    if (value) removeMember(value);
    removeUnusedImports(file);
  });
  for (const path of feature.dtos)
    edits.change(path, (file) => refuseUses(file, field, { isMeant: (use) => isOfOtherClass(use, feature) }));
  edits.change(feature.service, (file) => refuseUses(file, field));
  reportUses(sources, feature, field, edits);
  dropColumn(sources.tree, names, field, type);
}
