import { Node, SyntaxKind, type ObjectBindingPattern, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';
import type { Field } from '../lib/fields.ts';
import { NotPlaced, type Edits, type Feature } from '../lib/feature.ts';
import { addImports, addToList } from '../lib/syntax.ts';
import { importPath } from '../render/entity.ts';
import { takenOf, takenSentence } from '../render/taken.ts';

/** Adds the field to the fields that the audit trail shows, if the resource is audited. */
export function placeTrail({ name }: Field, { service, names }: Feature, edits: Edits): void {
  edits.change(service, (file) => {
    const trail = file
      .getDescendantsOfKind(SyntaxKind.NewExpression)
      .find(
        (made) =>
          made.getExpression().getText() === 'AuditedRows' && made.getTypeArguments()[0]?.getText() === names.Class,
      );
    const shown = trail?.getArguments()[1];
    if (!trail && file.getText().includes('AuditedRows'))
      throw new NotPlaced(`its audit trail was not found: add '${name}' to the fields that it shows`);
    if (!trail) return;
    if (!Node.isArrayLiteralExpression(shown))
      throw new NotPlaced(`the fields of its audit trail are not a list literal: add '${name}'`);
    if (!shown.getElements().some((element) => element.getText() === `'${name}'`)) shown.addElement(`'${name}'`);
  });
}

/** Reports a service that does not insert the whole body: the new field must be added there by hand. */
export function placeInService({ name }: Field, { service, names }: Feature, edits: Edits): void {
  edits.change(service, (file) => {
    const bodies = file
      .getDescendantsOfKind(SyntaxKind.Parameter)
      .filter((one) => one.getTypeNode()?.getText() === `${names.Class}Create`)
      .map((one) => one.getNameNode().getText());
    const inserted = file
      .getDescendantsOfKind(SyntaxKind.CallExpression)
      .filter((one) => one.getExpression().getText().endsWith('.insertOne'))
      .flatMap((one) => one.getArguments());
    const isWhole = inserted.some((values) => bodies.some((body) => contains(values, body)));
    if (!isWhole)
      throw new NotPlaced(
        `insertOne() gets neither the ${names.Class}Create nor a spread of it: add ${name} where the row is stored`,
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
  const { unique, target, name } = added;
  if (!unique && !target) return;
  const error = target?.notFound?.name ?? takenOf({ names }, added);
  const from = target ? importPath(target.notFound!.file, names) : `./${names.path}.errors.js`;
  const constraint = `${names.table}_${name}_${target ? 'fkey' : 'key'}`;
  let isTold = false;
  edits.change(service, (file) => {
    const refuse = file.getFunction('refuse');
    const last = refuse?.getStatements().at(-1);
    if (!refuse || !last) throw new NotPlaced(`it has no refuse(): throw ${error}() for the constraint ${constraint}`);
    const given = refuse.getParameters()[1]?.getNameNode();
    if (target && !Node.isObjectBindingPattern(given))
      throw new NotPlaced(`refuse() does not get ${name}: throw ${error}() for the constraint ${constraint}`);
    const call = target ? `${error}(String(${name}))` : `${error}()`;
    const violated = refuse
      .getDescendantsOfKind(SyntaxKind.VariableDeclaration)
      .find((one) => one.getInitializer()?.getText().startsWith('violatedConstraint(') === true);
    if (!violated)
      throw new NotPlaced(`refuse() does not store violatedConstraint(): throw ${error}() for ${constraint}`);
    refuse.insertStatements(last.getChildIndex(), `if (${violated.getName()} === '${constraint}') throw ${call};`);
    if (target && Node.isObjectBindingPattern(given)) addToPattern(given, name);
    addImports(file, { [from]: [error] });
    isTold = true;
  });
  if (!isTold) return;
  if (!target) edits.change(errors, (file) => addError(file, error, takenSentence({ names }, added)));
  edits.change(controller, (file) => {
    for (const method of [`create${names.Class}`, `patch${names.Class}`])
      addToList(optionsOf(file, method), 'errors', error);
    addImports(file, { [from]: [error] });
  });
}

/** Adds a name behind the last one, before its comma and comment. */
function addToPattern(pattern: ObjectBindingPattern, name: string): void {
  const last = pattern.getElements().at(-1);
  if (last) pattern.getSourceFile().insertText(last.getEnd(), `, ${name}`);
  else pattern.replaceWithText(`{ ${name} }`);
}

function addError(file: SourceFile, name: string, sentence: string): void {
  file.addStatements(`export const ${name} = namedError(409, () => '${sentence}');`);
  addImports(file, { '../kernel/errors/app-error.js': ['namedError'] });
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
