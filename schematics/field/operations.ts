import { Node, SyntaxKind, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';
import type { Field } from '../lib/fields.ts';
import { NotPlaced, type Edits, type Feature } from '../lib/feature.ts';
import { addImports } from '../lib/import-edits.ts';
import { append, insertBehind } from '../lib/lists.ts';
import { addToList, namesIn, valueOf } from '../lib/syntax.ts';
import { parameterOf } from '../lib/writers.ts';
import { violationOf } from '../render/operations.ts';
import { takenError } from '../render/taken.ts';
import { givenBy, insertedBy, type Given } from './inserts.ts';
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
    const given = trail?.getArguments()[1];
    const named = Node.isIdentifier(given) ? file.getVariableDeclaration(given.getText()) : undefined;
    const shown = valueOf(named ? named.getInitializer() : given);
    if (!trail) throw new NotPlaced(`its audit trail was not found: add '${name}' to the fields that it shows`);
    if (!Node.isArrayLiteralExpression(shown))
      throw new NotPlaced(`the fields of its audit trail are not a list literal: add '${name}'`);
    if (shown.getElements().some((element) => element.getText() === `'${name}'`)) return;
    if (named && (named.isExported() || namesIn(file, named.getName()) > 2))
      throw new NotPlaced(
        `${named.getName()} is not only used by its audit trail: add '${name}' to what the trail shows`,
      );
    append(shown, `'${name}'`);
  });
}

/**
 * Adds the field to the values of a new row if the service lists those of the body, such as `name: body.name`. Reports
 * a service that neither stores the whole body nor sets the field: it must be added there by hand. Returns whether new
 * rows have the field.
 */
export function placeInService({ name }: Field, { service, names }: Feature, edits: Edits): boolean {
  let isStored = false;
  edits.change(service, (file) => {
    const inserted = () => insertedBy(file, `${names.Class}Create`, names);
    const unlisted = () =>
      inserted()
        .flatMap((one) => listOf(one) ?? [])
        .find(({ values }) => !sets(values, name));
    if (!inserted().some(isWhole)) {
      if (!unlisted() && !inserted().some(({ values }) => sets(values, name)))
        throw new NotPlaced(
          `no insert gets the whole ${names.Class}Create or a spread of it: add ${name} where the row is stored`,
        );
      for (let one = unlisted(); one; one = unlisted()) append(one.values, `${name}: ${one.body}.${name}`);
    }
    isStored = true;
  });
  edits.change(service, (file) => {
    const type = `${names.Class}Patch`;
    const isTaken = file.getDescendantsOfKind(SyntaxKind.MethodDeclaration).some((one) => parameterOf(one, type));
    const passed = givenBy(file, type, (call) =>
      call.getExpression().getText() === 'refuse' ? [] : call.getArguments(),
    );
    if (isTaken && !passed.some((one) => isWhole(one) || sets(one.values, name)))
      throw new NotPlaced(`no function gets the whole ${type} or a spread of it: add ${name} where the row is changed`);
  });
  return isStored;
}

/**
 * Returns whether values are the body, such as `body`, or contain all of it, such as `{ ...body, state }`. The rest of
 * a body has every new field.
 */
function isWhole({ values, wholes }: Given): boolean {
  if (!Node.isObjectLiteralExpression(values)) return wholes.includes(values.getText());
  const spreads = values.getProperties().filter((one) => Node.isSpreadAssignment(one));
  return spreads.some((one) => wholes.includes(one.getExpression().getText()));
}

const sets = (values: Node, name: string) =>
  Node.isObjectLiteralExpression(values) && values.getProperty(name) !== undefined;

/** Returns the values if they list fields of the body one by one, such as `{ name: body.name }`. */
function listOf({ values, body }: Given): { values: ObjectLiteralExpression; body: string } | undefined {
  if (!Node.isObjectLiteralExpression(values)) return undefined;
  const isList = values
    .getProperties()
    .some(
      (one) => Node.isPropertyAssignment(one) && one.getInitializerOrThrow().getText() === `${body}.${one.getName()}`,
    );
  return isList ? { values, body } : undefined;
}

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
