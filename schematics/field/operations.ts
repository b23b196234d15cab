import { Node, SyntaxKind, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';
import type { Field } from '../lib/fields.ts';
import { NotPlaced, type Edits, type Feature } from '../lib/feature.ts';
import { addImports } from '../lib/import-edits.ts';
import { append, insertBehind } from '../lib/lists.ts';
import { addToList } from '../lib/syntax.ts';
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
    const shown = trail?.getArguments()[1];
    if (!trail) throw new NotPlaced(`its audit trail was not found: add '${name}' to the fields that it shows`);
    if (!Node.isArrayLiteralExpression(shown))
      throw new NotPlaced(`the fields of its audit trail are not a list literal: add '${name}'`);
    if (!shown.getElements().some((element) => element.getText() === `'${name}'`)) append(shown, `'${name}'`);
  });
}

/** Reports a service that does not store the whole body: the new field must be added there by hand. */
export function placeInService({ name }: Field, { service, names }: Feature, edits: Edits): void {
  edits.change(service, (file) => {
    const calls = file.getDescendantsOfKind(SyntaxKind.CallExpression);
    const passed = (to: RegExp) =>
      calls.filter((one) => to.test(one.getExpression().getText())).flatMap((one) => one.getArguments());
    const bodiesOf = (kind: string) =>
      file
        .getDescendantsOfKind(SyntaxKind.MethodDeclaration)
        .flatMap((one) => one.getParameters())
        .filter((one) => one.getTypeNode()?.getText() === names.Class + kind)
        .map((one) => one.getNameNode().getText());
    const isWhole = (bodies: readonly string[], to: RegExp) =>
      passed(to).some((values) => bodies.some((body) => contains(values, body)));
    if (!isWhole(bodiesOf('Create'), /\.insertOne$/))
      throw new NotPlaced(
        `insertOne() gets neither the ${names.Class}Create nor a spread of it: add ${name} where the row is stored`,
      );
    const patches = bodiesOf('Patch');
    if (patches.length > 0 && !isWhole(patches, /^(?!refuse$)/))
      throw new NotPlaced(
        `no function gets the whole ${names.Class}Patch or a spread of it: add ${name} where the row is changed`,
      );
  });
}

/** Returns whether values are the body, such as `body`, or contain all of it, such as `{ ...body, state }`. */
function contains(values: Node, body: string): boolean {
  if (!Node.isObjectLiteralExpression(values)) return values.getText() === body;
  return values.getProperties().some((one) => Node.isSpreadAssignment(one) && one.getExpression().getText() === body);
}

/** Maps the violated constraint to an error: another row has the value, or the referenced row does not exist. */
export function placeErrors(added: Field, { service, errors, controller, names }: Feature, edits: Edits): void {
  const violation = violationOf(added, names);
  if (!violation) return;
  const { error, file: from } = violation;
  let isTold = false;
  edits.change(service, (file) => {
    addViolation(file, added, names, violation);
    isTold = true;
  });
  if (!isTold) return;
  if (!added.target)
    edits.change(errors, (file) => {
      file.addStatements(takenError(added, names));
      addImports(file, { '../kernel/errors/app-error.js': ['namedError'] });
    });
  edits.change(controller, (file) => {
    for (const method of [`create${names.Class}`, `patch${names.Class}`]) addToErrors(optionsOf(file, method), error);
    addImports(file, { [from]: [error] });
  });
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
