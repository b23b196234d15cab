import {
  Node,
  SyntaxKind,
  type CallExpression,
  type ClassDeclaration,
  type MethodDeclaration,
  type ParameterDeclaration,
  type SourceFile,
} from 'ts-morph';
import type { Names } from '../lib/names.ts';
import { parameterOf } from '../lib/writers.ts';

/** The argument of a call, the name of the body that the calling method takes, and the names of all or the rest of it. */
export interface Given {
  readonly values: Node;
  readonly body: string;
  readonly wholes: readonly string[];
}

/** The methods of repositories that take the values of a new row. */
const INSERTS: ReadonlySet<string> = new Set(['create', 'insert', 'insertOne', 'save']);

/**
 * Returns the values that methods with a body of this type give to the repository of the resource, or with its entity
 * to a manager: `this.suppliers.insertOne(body)`, `tx.save(Supplier, body)`. Rows of other tables do not count.
 */
export const insertedBy = (file: SourceFile, type: string, names: Names): Given[] =>
  givenBy(file, type, (call) => {
    const called = call.getExpression();
    if (!Node.isPropertyAccessExpression(called) || !INSERTS.has(called.getName())) return [];
    const [first, second] = call.getArguments();
    const values = first?.getText() === names.Class ? second : isRepository(called.getExpression(), names) && first;
    return values ? [values] : [];
  });

/** Returns the arguments of calls in methods with a body of this type. Of a variable of the method, it is the value. */
export const givenBy = (file: SourceFile, type: string, argumentsOf: (call: CallExpression) => Node[]): Given[] =>
  file.getDescendantsOfKind(SyntaxKind.CallExpression).flatMap((call) => {
    const method = call.getFirstAncestorByKind(SyntaxKind.MethodDeclaration);
    const taken = method && parameterOf(method, type);
    if (!taken) return [];
    const body = taken.getName();
    const wholes = [body, ...restsOf(method, taken)];
    return argumentsOf(call).map((one) => ({ values: localValueOf(one) ?? one, body, wholes }));
  });

/** Returns the names of `...rest` in the pattern of a body, or in `const { name, ...rest } = body`. */
function restsOf(method: MethodDeclaration, taken: ParameterDeclaration): string[] {
  const variables = method.getDescendantsOfKind(SyntaxKind.VariableDeclaration);
  const apart = variables.filter((one) => one.getInitializer()?.getText() === taken.getName());
  const patterns = [taken, ...apart].map((one) => one.getNameNode()).filter((one) => Node.isObjectBindingPattern(one));
  const parts = patterns.flatMap((one) => one.getElements());
  return parts.filter((one) => one.getDotDotDotToken() !== undefined).map((one) => one.getName());
}

function localValueOf(given: Node): Node | undefined {
  const method = Node.isIdentifier(given) ? given.getFirstAncestorByKind(SyntaxKind.MethodDeclaration) : undefined;
  const variables = method?.getDescendantsOfKind(SyntaxKind.VariableDeclaration);
  return variables?.find((one) => one.getName() === given.getText())?.getInitializer();
}

/** Returns whether an expression is the repository of the resource, such as `this.suppliers` or `repositoryOf(tx, Supplier)`. */
function isRepository(given: Node, names: Names): boolean {
  if (Node.isCallExpression(given))
    return (
      /repository(?:Of)?$/i.test(given.getExpression().getText()) &&
      given.getArguments().some((one) => one.getText() === names.Class || isRepository(one, names))
    );
  if (Node.isPropertyAccessExpression(given) && Node.isThisExpression(given.getExpression()))
    return isPropertyWithRows(given.getFirstAncestorByKind(SyntaxKind.ClassDeclaration), given.getName(), names);
  const value = localValueOf(given);
  return value !== undefined && isRepository(value, names);
}

/** Returns whether a property of a service, also one of its constructor, has the repository of the resource. */
function isPropertyWithRows(of: ClassDeclaration | undefined, name: string, { Class, Classes }: Names): boolean {
  const property = of?.getInstanceProperty(name);
  if (!Node.isParameterDeclaration(property) && !Node.isPropertyDeclaration(property)) return false;
  const type = property.getTypeNode()?.getText() ?? '';
  return new RegExp(`^(?:[\\w.]*Repository<${Class}>|(?:${Class}|${Classes})Repository)$`).test(type);
}
