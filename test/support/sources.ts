import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
/** Names that git does not track. */
const UNTRACKED = new Set([
  '.git',
  'node_modules',
  'dist',
  'coverage',
  '.data',
  '.env',
  'generated',
  'redoc.standalone.js',
]);

/** A text file of the project, with its path from the root. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

export interface Source extends TextFile {
  readonly tree: ts.SourceFile;
  readonly lines: number;
}

/** Returns the text files below a folder of the project. */
export function textFiles(folder = '.'): TextFile[] {
  const files: TextFile[] = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = relative(ROOT, join(ROOT, folder, entry.name))
      .split(sep)
      .join('/');
    if (UNTRACKED.has(entry.name) || entry.name.endsWith('.log')) continue;
    if (entry.isDirectory()) files.push(...textFiles(path));
    else if (entry.isFile()) files.push({ path, text: readFileSync(join(ROOT, path), 'utf8') });
  }
  return files.filter(({ text }) => !text.includes('\0'));
}

/** Returns the TypeScript files below a folder, parsed. */
export function sources(folder: string): Source[] {
  return textFiles(folder)
    .filter(({ path }) => path.endsWith('.ts'))
    .map(({ path, text }) => {
      const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
      return { path, text, tree, lines: text.split('\n').length - 1 };
    });
}

/** Yields this node and every node below it. */
export function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodes(child);
}

export function lineOf(node: ts.Node): number {
  return node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

/** Returns the number of lines of the node, without its doc-comment. */
export function height(node: ts.Node): number {
  return node.getSourceFile().getLineAndCharacterOfPosition(node.getEnd()).line + 2 - lineOf(node);
}

/** Returns the project files that this one imports: values, types, re-exports and `import()`. */
export function importsOf({ path, tree }: Source): string[] {
  return [...nodes(tree)]
    .map(specifierOf)
    .filter((specifier) => specifier?.startsWith('.'))
    .map((specifier) => join(path, '..', specifier!).split(sep).join('/').replace(/\.js$/, '.ts'));
}

/** Returns the module specifier of any kind of import, or undefined for other nodes. */
export function specifierOf(node: ts.Node): string | undefined {
  let named: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) named = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) named = node.argument.literal;
  else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) named = node.arguments[0];
  return named && ts.isStringLiteralLike(named) ? named.text : undefined;
}
