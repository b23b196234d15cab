import type { Rule } from '@angular-devkit/schematics';
import { SyntaxKind, type ArrayLiteralExpression, type PropertyDeclaration, type SourceFile } from 'ts-morph';
import { Edits, featureOf, NotPlaced, type Feature } from '../lib/feature.ts';
import { formatted } from '../lib/formatted.ts';
import { dropColumn, forgetColumn } from '../lib/migrations.ts';
import { pascal, wordsOf } from '../lib/names.ts';
import { dtoClassesOf, fieldListsOf, isOfOtherClass, isOfResource, rowValueOf } from '../lib/own-parts.ts';
import { Sources } from '../lib/project.ts';
import { Refusal } from '../lib/refusal.ts';
import { tellSearch } from '../lib/sentences.ts';
import { removeElement, removeProperty, removeUnusedImports } from '../lib/syntax.ts';
import { isOfAnswer, refuseUses, refuseUsesInEntity, reportUses, textListsOf } from '../lib/uses.ts';
import { wordsOf as argumentsOf, type Options } from '../resource/resource.ts';
import { columnOf, concerns, formOf, isGone, markGone, setOption } from '../lib/column.ts';
import { fallbackFor } from './fallback.ts';
import { refusePending } from '../lib/pending.ts';

/**
 * Removes a field in two steps, one per release. The first call removes it from the API and gives a required column a
 * default: rows of the next build then have a value that the former build can show. The second call drops the column.
 * Throws a Refusal before anything is changed.
 */
export function removeField(options: Options): Rule {
  return (tree, context) => {
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
    return formatted();
  };
}

/** Removes the field from the API. The column stays. A required one gets a default. */
function forget(sources: Sources, field: string, column: PropertyDeclaration, feature: Feature, edits: Edits): void {
  const fallback = fallbackFor(column, feature);
  edits.change(feature.dto, (file) => forgetInDto(file, field, feature));
  edits.change(feature.entity, (file) => {
    if (fallback) setOption(columnOf(file, feature, field), 'default', fallback.code);
    markGone(columnOf(file, feature, field));
  });
  edits.change(feature.service, (file) => forgetInService(file, field));
  edits.change(feature.controller, (file) =>
    tellSearch(file, (labels) => (labels.length > 1 ? labels.filter((label) => label !== wordsOf(field)) : labels)),
  );
  edits.change(feature.resource, (file) => {
    for (const list of fieldListsOf(file, feature)) removeText(list, field);
    refuseUses(file, field, { isMeant: isOfResource });
  });
  edits.change(feature.test, (file) => {
    for (const name of ['GIVEN', 'fresh']) {
      const object = file.getVariableDeclaration(name)?.getFirstDescendantByKind(SyntaxKind.ObjectLiteralExpression);
      const property = object?.getProperty(field);
      if (property) removeElement(property);
    }
    refuseUses(file, field, { isMeant: isOfAnswer });
    removeUnusedImports(file);
  });
  reportUses(sources, feature, field, edits);
  if (fallback) forgetColumn(sources.tree, feature.names, field, fallback.sql);
}

function forgetInDto(file: SourceFile, field: string, feature: Feature): void {
  const having = dtoClassesOf(file, feature).flatMap((one) => (one.getProperty(field) ? one.getNameOrThrow() : []));
  if (having.length === 0) throw new NotPlaced(`no class has ${field}`);
  for (const name of having) removeProperty(file.getClassOrThrow(name).getPropertyOrThrow(field));
  refuseUses(file, field, { isMeant: (use) => isOfOtherClass(use, feature) });
  removeUnusedImports(file);
}

function forgetInService(file: SourceFile, field: string): void {
  for (const at of textListsOf(file).keys()) removeText(textListsOf(file)[at]!, field);
  if (textListsOf(file).some((list) => list.getElements().length === 0 && isOfSearch(list)))
    throw new NotPlaced(`it searches only ${field}: remove the search by hand`);
  refuseUses(file, field);
}

const isOfSearch = (list: ArrayLiteralExpression) =>
  list.getParentIfKind(SyntaxKind.CallExpression)?.getExpression().getText().endsWith('.search') === true;

function removeText(list: ArrayLiteralExpression, text: string): void {
  const element = list.getElements().find((one) => one.getText() === `'${text}'`);
  if (element) removeElement(element);
}

/** Drops the column from the table. */
function drop(sources: Sources, field: string, column: PropertyDeclaration, feature: Feature, edits: Edits): void {
  const { names } = feature;
  const { type } = formOf(column);
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
    const value = rowValueOf(file, feature, field);
    if (value) removeElement(value);
    removeUnusedImports(file);
  });
  edits.change(feature.dto, (file) => refuseUses(file, field, { isMeant: (use) => isOfOtherClass(use, feature) }));
  edits.change(feature.service, (file) => refuseUses(file, field));
  reportUses(sources, feature, field, edits);
  dropColumn(sources.tree, names, field, type);
}
