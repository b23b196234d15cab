import { SyntaxKind } from 'ts-morph';
import type { Names } from './names.ts';
import type { Sources } from './project.ts';

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
    .getFirstDescendantByKindOrThrow(SyntaxKind.ArrayLiteralExpression);
  const names = imports.getElements().map((element) => element.getText());
  const behind = names.indexOf('OrdersModule'); // the last of the features
  imports.insertElement(behind < 0 ? names.length : behind + 1, `${Classes}Module`);
  sources.save(file);
}
