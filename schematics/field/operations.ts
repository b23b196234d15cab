import { Node, SyntaxKind, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';
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
    if (!trail) return;
    if (!Node.isArrayLiteralExpression(shown))
      throw new NotPlaced(`the fields of its audit trail are not a list literal: add '${name}'`);
    if (!shown.getElements().some((element) => element.getText() === `'${name}'`)) shown.addElement(`'${name}'`);
  });
}

/** Reports a service that destructures the body: the new field must be added there by hand. */
export function placeInService({ name }: Field, { service, names }: Feature, edits: Edits): void {
  edits.change(service, (file) => {
    const parameters = file.getDescendantsOfKind(SyntaxKind.Parameter);
    const apart = parameters.find(
      (one) =>
        one.getTypeNode()?.getText() === `${names.Class}Create` && Node.isObjectBindingPattern(one.getNameNode()),
    );
    if (apart) throw new NotPlaced(`it destructures ${names.Class}Create: add ${name} where the row is stored`);
  });
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
    refuse.insertStatements(last.getChildIndex(), `if (constraint === '${constraint}') throw ${call};`);
    if (target && Node.isObjectBindingPattern(given)) file.insertText(given.getEnd() - 1, `, ${name} `);
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
