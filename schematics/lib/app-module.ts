import { SyntaxKind } from 'ts-morph';
import { append, insertBehind } from './lists.ts';
import type { Names } from './names.ts';
import type { Sources } from './project.ts';
import { Refusal } from './refusal.ts';

const PATH = 'src/app.module.ts';

/** Adds the module of a feature to the imports of the application's module. */
export function addModule(sources: Sources, { path, Classes }: Names): void {
  const file = sources.file(PATH);
  const from = `./${path}/${path}.module.js`;
  const declarations = file.getImportDeclarations();
  const at = declarations.findIndex(
    (one) => one.getModuleSpecifierValue().startsWith('.') && one.getModuleSpecifierValue() > from,
  );
  file.insertImportDeclaration(at < 0 ? declarations.length : at, {
    namedImports: [`${Classes}Module`],
    moduleSpecifier: from,
  });
  const imports = file
    .getClassOrThrow('AppModule')
    .getDecoratorOrThrow('Module')
    .getArguments()[0]
    ?.asKind(SyntaxKind.ObjectLiteralExpression)
    ?.getProperty('imports')
    ?.asKind(SyntaxKind.PropertyAssignment)
    ?.getInitializerIfKind(SyntaxKind.ArrayLiteralExpression);
  if (!imports) throw new Refusal(`The imports of AppModule in ${PATH} are not a list literal`);
  const last = imports.getElements().find((element) => element.getText() === 'PostsModule'); // of the resources
  if (last) insertBehind(imports, last, `${Classes}Module`);
  else append(imports, `${Classes}Module`);
  sources.save(file);
}
