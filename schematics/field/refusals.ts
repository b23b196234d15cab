import {
  Node,
  SyntaxKind,
  type FunctionDeclaration,
  type MethodDeclaration,
  type ObjectBindingPattern,
  type ReturnStatement,
  type SourceFile,
} from 'ts-morph';
import { NotPlaced } from '../lib/feature.ts';
import type { Field } from '../lib/fields.ts';
import { addImports } from '../lib/import-edits.ts';
import type { Names } from '../lib/names.ts';
import { violatedIn } from '../lib/own-parts.ts';
import { tellThrown } from '../lib/sentences.ts';
import { replaceRanges } from '../lib/syntax.ts';
import { parameterOf, writersOf } from '../lib/writers.ts';
import { refuseFunction, type Violation } from '../render/operations.ts';

const WRITTEN = 'written';

/**
 * Throws the error of a violated constraint in `refuse()` of a service. Adds the function, and its calls, if the service
 * has none.
 */
export function addViolation(file: SourceFile, added: Field, names: Names, violation: Violation): void {
  const { error, constraint } = violation;
  const refuse = file.getFunction('refuse');
  if (refuse) addCase(refuse, added, violation);
  else {
    if (file.getDescendantsOfKind(SyntaxKind.Identifier).some((one) => one.getText() === 'refuse'))
      throw new NotPlaced(`refuse is not a function of this file: throw ${error}() for the constraint ${constraint}`);
    callRefuse(file, names, violation);
    file.addStatements(refuseFunction([added], names));
    addImports(file, { '../kernel/errors/database-errors.js': ['violatedConstraint'] });
  }
  for (const method of ['Create', 'Patch'].flatMap((kind) => writersOf(file, names.Class + kind)))
    tellThrown(method, error);
  addImports(file, { [violation.file]: [error] });
}

function addCase(refuse: FunctionDeclaration, { name, target }: Field, { constraint, error, call }: Violation): void {
  const last = refuse.getStatements().at(-1);
  const violated = violatedIn(refuse);
  if (!violated || !last)
    throw new NotPlaced(`refuse() does not store violatedConstraint(): throw ${error}() for ${constraint}`);
  if (target && !takesFields(refuse))
    throw new NotPlaced(`refuse() does not get ${name}: throw ${error}() for the constraint ${constraint}`);
  const apart = target && callsOf(refuse).find((one) => isWithout(one.getArguments()[1], name));
  if (apart)
    throw new NotPlaced(
      `line ${apart.getStartLineNumber()} does not pass ${name} to refuse(): throw ${error}() for the constraint ${constraint}`,
    );
  refuse.insertStatements(last.getChildIndex(), `if (${violated.getName()} === '${constraint}') throw ${call};`);
  if (target) takeField(refuse, name);
}

const callsOf = (refuse: FunctionDeclaration) =>
  refuse
    .getSourceFile()
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .filter((one) => one.getExpression().getText() === refuse.getName());

/** Returns whether a call passes some fields, such as `{ item_id }`, but not this one, which would be undefined. */
const isWithout = (given: Node | undefined, name: string) =>
  Node.isObjectLiteralExpression(given) &&
  given.getProperty(name) === undefined &&
  !given.getProperties().some((one) => Node.isSpreadAssignment(one));

const bodyOf = (refuse: FunctionDeclaration) => refuse.getParameters()[1]?.getNameNode();

/** Returns whether the second parameter of `refuse()` is a pattern, or a name that is not used. */
function takesFields(refuse: FunctionDeclaration): boolean {
  const body = bodyOf(refuse);
  if (!Node.isIdentifier(body)) return Node.isObjectBindingPattern(body);
  const names = refuse.getDescendantsOfKind(SyntaxKind.Identifier).map((one) => one.getText());
  return names.filter((name) => name === body.getText()).length === 1;
}

function takeField(refuse: FunctionDeclaration, name: string): void {
  const body = bodyOf(refuse);
  if (Node.isObjectBindingPattern(body)) addToPattern(body, name);
  else body?.replaceWithText(`{ ${name} }`);
}

/** Adds a name behind the last one, before its comma and comment. */
function addToPattern(pattern: ObjectBindingPattern, name: string): void {
  const last = pattern.getElements().at(-1);
  if (last) pattern.getSourceFile().insertText(last.getEnd(), `, ${name}`);
  else pattern.replaceWithText(`{ ${name} }`);
}

/** Passes errors of the methods that write a body to `refuse()`. */
function callRefuse(file: SourceFile, { Class }: Names, { error, constraint }: Violation): void {
  const changes = ['Create', 'Patch'].flatMap((kind) => {
    const methods = writersOf(file, Class + kind);
    if (methods.length === 0)
      throw new NotPlaced(`no method writes a ${Class}${kind}: throw ${error}() for the constraint ${constraint}`);
    return methods.map((method) => ({
      method,
      returned: returnedOf(method),
      body: parameterOf(method, Class + kind)!,
    }));
  });
  for (const { method, returned, body } of changes) {
    if (!Node.isIdentifier(body.getNameNode()))
      throw new NotPlaced(
        `${method.getName()}() has no name for its body: throw ${error}() for the constraint ${constraint}`,
      );
    if (!returned)
      throw new NotPlaced(
        `${method.getName()}() does not end with "return transaction(…)": throw ${error}() for the constraint ${constraint}`,
      );
  }
  replaceRanges(
    file,
    changes.flatMap(({ returned, body }) => {
      const [start, end] = [returned!.getStart(), returned!.getTrailingTriviaEnd()];
      const caught = `\nreturn ${WRITTEN}.catch((error: unknown) => refuse(error, ${body.getName()}));`;
      return [
        { start, end: start + 'return'.length, text: `const ${WRITTEN} =` },
        { start: end, end, text: caught },
      ];
    }),
  );
}

/** Returns the last statement of a method if it is `return transaction(…)`. */
function returnedOf(method: MethodDeclaration): ReturnStatement | undefined {
  const last = method.getStatements().at(-1);
  if (!Node.isReturnStatement(last) || new RegExp(`\\b${WRITTEN}\\b`).test(method.getText())) return undefined;
  const call = last.getExpression();
  return Node.isCallExpression(call) && call.getExpression().getText() === 'transaction' ? last : undefined;
}
