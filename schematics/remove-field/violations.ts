import {
  Node,
  SyntaxKind,
  type FunctionDeclaration,
  type Identifier,
  type IfStatement,
  type MethodDeclaration,
  type SourceFile,
  type Statement,
} from 'ts-morph';
import { NotPlaced, type Feature } from '../lib/feature.ts';
import type { Names } from '../lib/names.ts';
import { testOf, violatedIn } from '../lib/own-parts.ts';
import { tellNotThrown } from '../lib/sentences.ts';
import { removeMember, replaceRanges } from '../lib/syntax.ts';
import { writersOf } from '../lib/writers.ts';
import { RELATION_TITLE, uniqueTitle } from '../render/tests.ts';

/** The error of a constraint that no write violates any more, and the kinds of bodies whose writes threw it. */
export interface Unthrown {
  readonly error: string;
  readonly kinds: readonly ('Create' | 'Patch')[];
}

/**
 * Removes the error of the field's constraint from `refuse()` of a service, and the function if it has no other.
 * Returns the error unless another constraint has it.
 */
export function forgetViolation(file: SourceFile, field: string, { names }: Feature): Unthrown[] {
  const refuse = file.getFunction('refuse');
  const constraint = `${names.table}_${field}_f?key`;
  const own = refuse && casesOf(refuse).find((one) => isOnlyOf(one, constraint));
  const error = /\bthrow (\w+)\(/.exec(own?.getText() ?? '')?.[1];
  const named = file.getText().match(new RegExp(`'${constraint}'`, 'g')) ?? [];
  if (named.length > (error === undefined ? 0 : 1))
    throw new NotPlaced(`it also names the constraint ${named[0]}: remove it by hand`);
  if (!refuse || !own || error === undefined) return [];
  own.remove();
  const taken = refuse.getDescendantsOfKind(SyntaxKind.BindingElement).find((one) => one.getName() === field);
  if (taken?.getParent().getElements().length === 1) taken.getParent().replaceWithText('_body');
  else if (taken) removeMember(taken);
  const left = file.getFunctionOrThrow('refuse');
  const isElsewhere = new RegExp(`\\b${error}\\(`).test(left.getText());
  if (casesOf(left).length === 0) forgetRefuse(file, names);
  forgetStored(file.getFunction('refuse'));
  if (isElsewhere) return [];
  // A change also looks for its own row.
  const kinds = (['Create', 'Patch'] as const).filter(
    (kind) => kind === 'Create' || error !== `${names.variable}NotFound`,
  );
  for (const method of kinds.flatMap((kind) => writersOf(file, names.Class + kind))) tellNotThrown(method, error);
  return [{ error, kinds }];
}

const casesOf = (refuse: FunctionDeclaration) => refuse.getStatements().filter((one) => Node.isIfStatement(one));

/** Returns whether a case of `refuse()` is only about this constraint. */
const isOnlyOf = (one: IfStatement, constraint: string) =>
  new RegExp(`^\\w+ === '${constraint}'$`).test(one.getExpression().getText()) && !one.getElseStatement();

/** Removes `refuse()` and its calls, if they are as the generator writes them. */
function forgetRefuse(file: SourceFile, { Class }: Names): void {
  const methods = ['Create', 'Patch'].flatMap((kind) => writersOf(file, Class + kind));
  const [calls, caught] = [
    file.getText().match(/\brefuse\(/g)!.length - 1,
    methods.flatMap((one) => caughtOf(one) ?? []),
  ];
  if (calls !== caught.length || file.getFunctionOrThrow('refuse').getStatements().length > 2) return;
  replaceRanges(file, [
    { ...rangeOf(file.getFunctionOrThrow('refuse')), text: '' },
    ...caught.flatMap(({ written, returned }) => [
      { ...rangeOf(returned), text: '' },
      { start: written.getStart(), end: written.getEnd(), text: written.getText().replace(/^const \w+ =/, 'return') },
    ]),
  ]);
}

/** Removes the variable of `refuse()` with the violated constraint if nothing uses it any more. */
function forgetStored(refuse: FunctionDeclaration | undefined): void {
  const stored = refuse && violatedIn(refuse);
  const uses = refuse
    ?.getDescendantsOfKind(SyntaxKind.Identifier)
    .filter((one) => one.getText() === stored?.getName() && !isPropertyName(one));
  if (uses?.length === 1) stored?.remove();
}

/** Returns whether a name is that of a property, as in `error.constraint`. */
const isPropertyName = (name: Identifier) =>
  name.getParentIfKind(SyntaxKind.PropertyAccessExpression)?.getNameNode() === name;

/** Returns where a statement begins and ends, with its documentation. Other comments above it stay. */
const rangeOf = (statement: Statement) => ({ start: statement.getStart(true), end: statement.getTrailingTriviaEnd() });

/** Returns the last two statements of a method that are `const written = …` and `return written.catch(…)`. */
function caughtOf(method: MethodDeclaration): { written: Statement; returned: Statement } | undefined {
  const [written, returned] = method.getStatements().slice(-2);
  const form = /^return (\w+)\.catch\(\(error: unknown\) => refuse\(error, \w+\)\);$/;
  const name = form.exec(returned?.getText() ?? '')?.[1];
  const isKept = name !== undefined && written?.getText().startsWith(`const ${name} =`) === true;
  return isKept ? { written, returned: returned! } : undefined;
}

/** Removes an error from the options of the handlers that no longer have it. */
export function forgetInController(file: SourceFile, { error, kinds }: Unthrown, { names }: Feature): void {
  for (const kind of kinds) {
    const errors = file
      .getClasses()
      .flatMap((one) => one.getMethods())
      .find((one) => one.getName() === kind.toLowerCase() + names.Class)
      ?.getDecorator('Returns')
      ?.getDescendantsOfKind(SyntaxKind.PropertyAssignment)
      .find((one) => one.getName() === 'errors');
    const listed = errors?.getInitializerIfKind(SyntaxKind.ArrayLiteralExpression)?.getElements() ?? [];
    const element = listed.find((one) => one.getText() === error);
    if (element) removeMember(listed.length === 1 ? errors! : element);
  }
}

/** Removes the tests of the field's constraint. */
export function forgetTests(file: SourceFile, field: string): void {
  testOf(file, uniqueTitle(field))?.remove();
  const list = testOf(file, RELATION_TITLE)?.getFirstDescendantByKind(SyntaxKind.ArrayLiteralExpression);
  const element = list?.getElements().find((one) => one.getText() === `'${field}'`);
  if (element && list?.getElements().length === 1) testOf(file, RELATION_TITLE)!.remove();
  else if (element) removeMember(element);
}
