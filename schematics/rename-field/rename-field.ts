import { chain, type Rule } from '@angular-devkit/schematics';
import { SyntaxKind, type ClassDeclaration, type Node, type SourceFile } from 'ts-morph';
import { withinBudget } from '../lib/budget.ts';
import { Edits, featureOf, NotPlaced, type Feature } from '../lib/feature.ts';
import { formatted } from '../lib/formatted.ts';
import { renameColumn } from '../lib/rename-column.ts';
import { wordsOf } from '../lib/names.ts';
import {
  dtoClassesOf,
  fieldListsOf,
  isOfOtherClass,
  isOfResource,
  isBodyOfRow,
  modelsOf,
  needModels,
  refuseInModels,
  rowValueOf,
} from '../lib/own-parts.ts';
import { Sources } from '../lib/project.ts';
import { Refusal } from '../lib/refusal.ts';
import { whyNoField } from '../lib/reserved.ts';
import { tellRenamed, tellSearch } from '../lib/sentences.ts';
import { addClassDecorator, declarationOf } from '../lib/syntax.ts';
import { isOfAnswer, refuseUses, refuseUsesInEntity, reportUses, textListsOf } from '../lib/uses.ts';
import {
  checkOf,
  columnOf,
  concerns,
  formOf,
  isGone,
  makeNullable,
  nameOf,
  ruleOf,
  ruleOfRenamed,
} from '../lib/column.ts';
import { refusePending } from '../lib/pending.ts';
import { quoted } from '../render/sql.ts';
import { wordsOf as argumentsOf, type Options } from '../resource/resource.ts';

/**
 * Renames a field in two steps, one per release. This is the first: it adds a column with the new name. A trigger keeps
 * both columns equal while builds with either name run. The second step is `remove-field` with the former name. Throws
 * a Refusal before anything is changed.
 */
export function renameField(options: Options): Rule {
  return (tree, context) => {
    const former = tree.branch();
    const sources = new Sources(tree);
    const [name, from, to, ...others] = argumentsOf(options);
    const feature = featureOf(name, sources);
    if (from === undefined || to === undefined || others.length > 0)
      throw new Refusal(`Give the current and the new name of a field of ${feature.names.file}`);
    refuseUnfit(from, to, feature, sources);
    const column = columnOf(sources.file(feature.entity), feature, from);
    const { type, isNullable } = formOf(column);
    const declared = sources.file(feature.entity).getClassOrThrow(feature.names.Class);
    const rule = ruleOf(checkOf(declared, `'${feature.names.table}_${from}_check'`));
    const isSearched = column.getDecorator('Searched') !== undefined;
    const edits = new Edits(sources);
    place(from, to, feature, edits);
    reportUses(sources, feature, from, edits, 'rename it');
    renameColumn(tree, feature.names, {
      from,
      to,
      type,
      isNullable,
      isSearched,
      check: rule === undefined ? undefined : ruleOfRenamed(rule, from, to),
    });
    for (const sentence of edits.notPlaced) context.logger.warn(`Not placed: ${sentence}`);
    return chain([formatted(), withinBudget(former)]);
  };
}

function refuseUnfit(from: string, to: string, feature: Feature, sources: Sources): void {
  const why = whyNoField(to);
  if (why !== undefined) throw new Refusal(`"${to}" cannot be the name of a field: ${why}`);
  const column = columnOf(sources.file(feature.entity), feature, from);
  refusePending(from, feature, sources);
  if (isGone(column)) throw new Refusal(`${from} is no longer part of the API: the next step is to remove it`);
  const declared = column.getParentOrThrow().asKindOrThrow(SyntaxKind.ClassDeclaration);
  refuseSharedCheck(declared, from, feature);
  refuseUsesInEntity(sources, feature, from);
  if (declared.getInstanceMember(to)) throw new Refusal(`${feature.names.file} already has a field ${to}`);
  refuseInModels(to, feature, sources);
  const isKey = declared.getDecorators().some((one) => nameOf(one) !== 'Check' && concerns(one, from));
  if (isKey || formOf(column).hasDefault)
    throw new Refusal(
      `${from} cannot be renamed: a trigger cannot keep two columns equal that have an index or a default. Add ${to} instead, and remove ${from} in the next release`,
    );
}

/** Refuses a check that cannot be renamed with the column: the drop of the former column would also drop it. */
function refuseSharedCheck(declared: ClassDeclaration, from: string, { names }: Feature): void {
  const check = declared
    .getDecorators()
    .find(
      (one) =>
        nameOf(one) === 'Check' &&
        (one.getArguments()[0]?.getText() !== `'${names.table}_${from}_check'` || ruleOf(one) === undefined) &&
        concerns(one, from),
    );
  if (check)
    throw new Refusal(
      `${from} cannot be renamed: the check ${check.getArguments()[0]!.getText()} also uses it, or is computed`,
    );
}

function place(from: string, to: string, feature: Feature, edits: Edits): void {
  const isInModels = modelsOf(feature, edits.sources).some((one) => one.getProperty(from));
  for (const path of feature.dtos)
    edits.change(path, (file) => {
      if (!isInModels) throw new NotPlaced(`no class has ${from}`);
      needModels(feature, edits.sources);
      placeInDto(file, from, to, feature);
    });
  edits.change(feature.entity, (file) => placeInEntity(file, from, to, feature));
  edits.change(feature.service, (file) => {
    for (const list of textListsOf(file)) renameElement(list.getElements(), from, to);
    refuseUses(file, from, { todo: 'rename it' });
  });
  edits.change(feature.resource, (file) => {
    for (const list of fieldListsOf(file, feature)) renameElement(list.getElements(), from, to);
    rowValueOf(file, feature, from)?.getNameNode().replaceWithText(to);
    refuseUses(file, from, { todo: 'rename it', isMeant: isOfResource });
  });
  edits.change(feature.controller, (file) =>
    tellSearch(file, (labels) => labels.map((label) => (label === wordsOf(from) ? wordsOf(to) : label))),
  );
  edits.change(feature.test, (file) => placeInTest(file, from, to, feature));
}

function placeInDto(file: SourceFile, from: string, to: string, feature: Feature): void {
  for (const property of dtoClassesOf(file, feature).flatMap((one) => one.getProperty(from) ?? [])) {
    property.getNameNode().replaceWithText(to);
    tellRenamed(property, from, to);
  }
  refuseUses(file, from, { todo: 'rename it', isMeant: (use) => isOfOtherClass(use, feature) });
}

function placeInEntity(file: SourceFile, from: string, to: string, feature: Feature): void {
  const { Class, table } = feature.names;
  const inNames = (text: string) => text.replaceAll(`${table}_${from}_`, `${table}_${to}_`);
  const column = columnOf(file, feature, from);
  const start = column.getStart(true);
  const before = column.getText(true).slice(0, column.getNameNode().getStart() - start);
  const comment = file.getFullText().slice(column.getEnd(), column.getTrailingTriviaEnd());
  const behind = `${column.getText(true).slice(before.length + from.length)}${comment}`;
  file.removeText(column.getEnd(), column.getTrailingTriviaEnd());
  const checkName = `'${table}_${from}_check'`;
  const rule = ruleOf(checkOf(file.getClassOrThrow(Class), checkName));
  if (rule !== undefined)
    addClassDecorator(file, Class, `Check(${inNames(checkName)}, ${quoted(ruleOfRenamed(rule, from, to))})`);
  makeNullable(columnOf(file, feature, from));
  file.insertText(columnOf(file, feature, from).getStart(true), `${inNames(before)}${to}${behind}\n\n`);
}

function placeInTest(file: SourceFile, from: string, to: string, feature: Feature): void {
  const declared = ['GIVEN', 'fresh'].flatMap((name) => declarationOf(file, name) ?? []);
  const literals = file
    .getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression)
    .filter((one) => isBodyOfRow(one, feature));
  const ofRows = declared.length === 0 ? [] : [...declared, ...literals];
  for (const one of ofRows.flatMap((node) => node.getDescendantsOfKind(SyntaxKind.PropertyAssignment)))
    if (one.getName() === from) one.getNameNode().replaceWithText(to);
  refuseUses(file, from, { todo: 'rename it', isMeant: isOfAnswer });
}

function renameElement(elements: readonly Node[], from: string, to: string): void {
  elements.find((one) => one.getText() === `'${from}'`)?.replaceWithText(`'${to}'`);
}
