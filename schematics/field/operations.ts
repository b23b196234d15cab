import { Node, SyntaxKind, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';
import type { Field } from '../lib/fields.ts';
import { NotPlaced, type Edits, type Feature } from '../lib/feature.ts';
import { addImports } from '../lib/import-edits.ts';
import { append, insertBehind } from '../lib/lists.ts';
import { addToList, valueOf } from '../lib/syntax.ts';
import { violationOf } from '../render/operations.ts';
import { takenError } from '../render/taken.ts';
import { addViolation } from './refusals.ts';

/** Adds the field to the fields that the audit trail shows, if the resource is audited. */
export function placeTrail({ name }: Field, { service, names }: Feature, edits: Edits): void {
  const { tree } = edits.sources;
  const others = edits.sources.paths(`src/${names.path}`).filter((path) => /(?<!\.spec)\.ts$/.test(path));
  const audited = [service, ...others].find((path) => tree.exists(path) && tree.readText(path).includes('AuditedRows'));
  if (audited === undefined) return;
  edits.change(audited, (file) => {
    const trail = file
      .getDescendantsOfKind(SyntaxKind.NewExpression)
      .find(
        (made) =>
          made.getExpression().getText() === 'AuditedRows' && made.getTypeArguments()[0]?.getText() === names.Class,
      );
    const shown = listIn(trail?.getArguments()[1]);
    if (!trail) throw new NotPlaced(`its audit trail was not found: add '${name}' to the fields that it shows`);
    if (!Node.isArrayLiteralExpression(shown))
      throw new NotPlaced(`the fields of its audit trail are not a list literal: add '${name}'`);
    if (!shown.getElements().some((element) => element.getText() === `'${name}'`)) append(shown, `'${name}'`);
  });
}

/** Returns the value of a variable of the same file, or the expression itself. */
function listIn(given: Node | undefined): Node | undefined {
  const named = Node.isIdentifier(given) ? given.getSourceFile().getVariableDeclaration(given.getText()) : undefined;
  return valueOf(named ? named.getInitializer() : given);
}

/**
 * Adds the field to the values of a new row if the service lists those of the body, such as `name: body.name`. Reports
 * a service that does not store the whole body otherwise: the new field must be added there by hand. Returns whether
 * new rows have the field.
 */
export function placeInService({ name }: Field, { service, names }: Feature, edits: Edits): boolean {
  let isStored = false;
  edits.change(service, (file) => {
    const bodies = bodiesOf(file, `${names.Class}Create`);
    const unlisted = () => listsOf(file, bodies).find(({ values }) => !values.getProperty(name));
    const isListed = unlisted() !== undefined;
    if (!isListed && !isWhole(file, bodies, INSERTS))
      throw new NotPlaced(
        `no insert gets the whole ${names.Class}Create or a spread of it: add ${name} where the row is stored`,
      );
    for (let one = unlisted(); one; one = unlisted()) append(one.values, `${name}: ${one.body}.${name}`);
    isStored = true;
  });
  edits.change(service, (file) => {
    const patches = bodiesOf(file, `${names.Class}Patch`);
    if (patches.length > 0 && !isWhole(file, patches, /^(?!refuse$)/))
      throw new NotPlaced(
        `no function gets the whole ${names.Class}Patch or a spread of it: add ${name} where the row is changed`,
      );
  });
  return isStored;
}

/** The methods of repositories that take the values of a new row. */
const INSERTS = /\.(?:create|insert|insertOne|save)$/;

/** Returns the names of the parameters of methods that have this type. */
const bodiesOf = (file: SourceFile, type: string) =>
  file
    .getDescendantsOfKind(SyntaxKind.MethodDeclaration)
    .flatMap((one) => one.getParameters())
    .filter((one) => one.getTypeNode()?.getText() === type)
    .map((one) => one.getNameNode().getText());

/** Returns the arguments of the calls of these functions. Of a variable of the same method, it returns the value. */
const passed = (file: SourceFile, to: RegExp) =>
  file
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .filter((one) => to.test(one.getExpression().getText()))
    .flatMap((one) => one.getArguments().map((given) => localValueOf(given) ?? given));

function localValueOf(given: Node): Node | undefined {
  const method = Node.isIdentifier(given) ? given.getFirstAncestorByKind(SyntaxKind.MethodDeclaration) : undefined;
  const variables = method?.getDescendantsOfKind(SyntaxKind.VariableDeclaration);
  return variables?.find((one) => one.getName() === given.getText())?.getInitializer();
}

const isWhole = (file: SourceFile, bodies: readonly string[], to: RegExp) =>
  passed(file, to).some((values) => bodies.some((body) => contains(values, body)));

/** Returns whether values are the body, such as `body`, or contain all of it, such as `{ ...body, state }`. */
function contains(values: Node, body: string): boolean {
  if (!Node.isObjectLiteralExpression(values)) return values.getText() === body;
  return values.getProperties().some((one) => Node.isSpreadAssignment(one) && one.getExpression().getText() === body);
}

/** Returns the values of new rows that list fields of the body one by one, such as `{ name: body.name }`. */
function listsOf(file: SourceFile, bodies: readonly string[]): { values: ObjectLiteralExpression; body: string }[] {
  return passed(file, INSERTS)
    .filter((values) => Node.isObjectLiteralExpression(values))
    .flatMap((values) => {
      const body = bodies.find((one) => !contains(values, one) && lists(values, one));
      return body === undefined ? [] : [{ values, body }];
    });
}

const lists = (values: ObjectLiteralExpression, body: string) =>
  values
    .getProperties()
    .some(
      (one) => Node.isPropertyAssignment(one) && one.getInitializerOrThrow().getText() === `${body}.${one.getName()}`,
    );

/**
 * Maps the violated constraint to an error: another row has the value, or the referenced row does not exist. Returns
 * whether requests get the error.
 */
export function placeErrors(added: Field, { service, errors, controller, names }: Feature, edits: Edits): boolean {
  const violation = violationOf(added, names);
  if (!violation) return true;
  const { error, file: from } = violation;
  let isTold = false;
  edits.change(service, (file) => {
    addViolation(file, added, names, violation);
    isTold = true;
  });
  if (!isTold) return false;
  if (!added.target)
    edits.change(errors, (file) => {
      file.addStatements(takenError(added, names));
      addImports(file, { '../kernel/errors/app-error.js': ['namedError'] });
    });
  edits.change(controller, (file) => {
    for (const method of [`create${names.Class}`, `patch${names.Class}`]) addToErrors(optionsOf(file, method), error);
    addImports(file, { [from]: [error] });
  });
  return true;
}

/** Adds an error to the options of `@Returns`. */
function addToErrors(options: ObjectLiteralExpression, error: string): void {
  const status = options.getProperty('status');
  const isNew = status !== undefined && !options.getProperty('errors');
  addToList(isNew ? insertBehind(options, status, 'errors: []') : options, 'errors', error);
}

/** Returns the options of a handler's `@Returns`. */
function optionsOf(file: SourceFile, method: string): ObjectLiteralExpression {
  const declared = file
    .getClasses()
    .flatMap((one) => one.getMethods())
    .find((one) => one.getName() === method);
  const returns = declared?.getDecorator('Returns');
  if (!returns) throw new NotPlaced(`it has no ${method}() with @Returns`);
  if (returns.getArguments().length === 1) returns.addArgument('{}');
  const options = returns.getArguments()[1];
  if (!Node.isObjectLiteralExpression(options))
    throw new NotPlaced(`the options of ${method}() are not an object literal`);
  return options;
}
