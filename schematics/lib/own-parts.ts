import {
  Node,
  SyntaxKind,
  type ClassDeclaration,
  type FunctionDeclaration,
  type ObjectLiteralExpression,
  type SourceFile,
  type VariableDeclaration,
} from 'ts-morph';
import { MODELS, NotPlaced, type Feature } from './feature.ts';
import type { Sources } from './project.ts';
import { Refusal } from './refusal.ts';
import { exportedObject } from './syntax.ts';

// The parts of a feature's files that are about its rows. Other parts may have the same names.

/** Returns the classes of a feature's requests and responses, and the classes of the file that they extend. */
export function dtoClassesOf(file: SourceFile, { names }: Feature): ClassDeclaration[] {
  const found = new Set<ClassDeclaration>();
  const visit = (name: string): void => {
    const declared = file.getClass(name);
    if (!declared || found.has(declared)) return;
    found.add(declared);
    const base = declared.getExtends();
    for (const one of base?.getDescendantsOfKind(SyntaxKind.Identifier) ?? []) visit(one.getText());
  };
  for (const kind of MODELS) visit(`${names.Class}${kind}`);
  return [...found];
}

/** Returns the same classes of all files. */
export function modelsOf(feature: Feature, sources: Sources): ClassDeclaration[] {
  const paths = feature.dtos.filter((path) => sources.tree.exists(path));
  return paths.flatMap((path) => dtoClassesOf(sources.file(path), feature));
}

/**
 * Throws NotPlaced if the DTOs do not have the classes of requests and responses, or that of changes although there are
 * operations for them: a class with another name would stay as it is.
 */
export function needModels(
  { names, controller, dtos }: Feature,
  sources: Sources,
  needed: readonly string[] = ['Response'],
): void {
  const classes = dtos.filter((path) => sources.tree.exists(path)).flatMap((path) => sources.file(path).getClasses());
  const isThere = (kind: string) => classes.some((one) => one.getName() === names.Class + kind);
  const isChanged = sources.tree.exists(controller) && /@(?:Patch|Put)\(/.test(sources.tree.readText(controller));
  const isDerived = classes.some((one) => one.getExtends()?.getText() === `PatchType(${names.Class}Create)`);
  const missing = [...needed, ...(isChanged && !isDerived ? ['Patch'] : [])].find((kind) => !isThere(kind));
  if (missing !== undefined) throw new NotPlaced(`there is no class ${names.Class}${missing}`);
}

/** Returns the variable of `refuse()` that stores the violated constraint. */
export function violatedIn(refuse: FunctionDeclaration): VariableDeclaration | undefined {
  return refuse
    .getDescendantsOfKind(SyntaxKind.VariableDeclaration)
    .find((one) => one.getInitializer()?.getText().startsWith('violatedConstraint(') === true);
}

/** Throws a Refusal if requests or responses already have a field with this name, for example one that is computed. */
export function refuseInModels(name: string, feature: Feature, sources: Sources): void {
  const having = modelsOf(feature, sources).find((one) => one.getInstanceMember(name));
  if (having) throw new Refusal(`${having.getName()} already has a field ${name}`);
}

/** Returns whether a name in the DTOs declares a property of a class with other data, such as that of a contact. */
export function isOfOtherClass(use: Node, feature: Feature): boolean {
  const declared = use.getParentIfKind(SyntaxKind.PropertyDeclaration)?.getParentIfKind(SyntaxKind.ClassDeclaration);
  return declared !== undefined && !dtoClassesOf(use.getSourceFile(), feature).includes(declared);
}

/** Returns the lists of `*.resource.ts` with fields of the feature: those that responses show, and the fresh ones. */
export function fieldListsOf(file: SourceFile, { names }: Feature) {
  const object = exportedObject(file);
  const lists = [valueIn(valueIn(object, 'shows'), names.table), valueIn(object, 'fresh')];
  return lists.filter((one) => Node.isArrayLiteralExpression(one));
}

/** Returns the property of a field in the values of the feature's rows in `*.resource.ts`. */
export function rowValueOf(file: SourceFile, { names }: Feature, field: string) {
  const values = valueIn(valueIn(valueIn(exportedObject(file), 'subjects'), `${names.snake}_id`), 'values');
  return Node.isObjectLiteralExpression(values)
    ? values.getProperty(field)?.asKind(SyntaxKind.PropertyAssignment)
    : undefined;
}

function valueIn(object: Node | undefined, name: string): Node | undefined {
  if (!Node.isObjectLiteralExpression(object)) return undefined;
  return object.getProperty(name)?.asKind(SyntaxKind.PropertyAssignment)?.getInitializer();
}

/** Returns the test with this title. */
export const testOf = (file: SourceFile, title: string) =>
  file.getStatements().find((one) => {
    const call = Node.isExpressionStatement(one) ? one.getExpression() : undefined;
    return Node.isCallExpression(call) && call.getArguments()[0]?.getText() === `'${title}'`;
  });

/** Returns whether a name in `*.resource.ts` belongs to its structure, or to rows of other tables. */
export function isOfResource(use: Node): boolean {
  const object = exportedObject(use.getSourceFile());
  return use === object || use.getAncestors().includes(object);
}

/**
 * Returns whether an object of a test is the body of a request for the feature, or of its response:
 * `{ ...GIVEN, note: … }`, `{ ...made.body, note: … }`, `admin.post('/suppliers', { note: … })` or
 * `admin.patch(address, { note: … })`, where `address` is that of a row.
 */
export function isBodyOfRow(object: ObjectLiteralExpression, { route }: Feature): boolean {
  const spread = object.getProperties().find((one) => Node.isSpreadAssignment(one));
  if (spread && /^(?:GIVEN|fresh\(\)|(?:\w+\.)?body)$/.test(spread.getExpression().getText())) return true;
  const call = object.getParentIfKind(SyntaxKind.CallExpression);
  if (!call || !/\.(?:post|put|patch)$/.test(call.getExpression().getText())) return false;
  const address = call.getArguments()[0]?.getText() ?? '';
  return new RegExp(`^(?:['\`]/${route}(?![\\w-])|address$)`).test(address);
}
