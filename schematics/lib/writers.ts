import type { MethodDeclaration, ParameterDeclaration, SourceFile } from 'ts-morph';

/** Returns the parameter of a method that has this type. */
export const parameterOf = (method: MethodDeclaration, type: string): ParameterDeclaration | undefined =>
  method.getParameters().find((one) => one.getTypeNode()?.getText() === type);

/** Returns the methods of a service that take a body of this type and write rows. */
export function writersOf(service: SourceFile, type: string): MethodDeclaration[] {
  const methods = service.getClasses().flatMap((one) => one.getMethods());
  return methods.filter(
    (one) => parameterOf(one, type) !== undefined && /\btransaction\(|\.(?:insert|update)One\(/.test(one.getText()),
  );
}
