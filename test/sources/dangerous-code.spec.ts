import ts from 'typescript';
import { lineOf, nodes, sources } from '../support/sources.js';

/** Only these folders start other programs, such as the embedded PostgreSQL, always with fixed arguments. */
const STARTS_PROGRAMS = /^src\/(?:embedded-postgres|start|commands)\//;
const CLIENTS = /^'(?:node:)?(?:https?|http2|dgram|undici|axios)'$/;
/** Names in Node's modules that connect to other servers. */
const ASKS = /^(?:request|get|connect|fetch|Agent|createSocket|default)$/;
const CRYPTO_CALLS = new Set(['createHash', 'createHmac', 'createCipheriv', 'createDecipheriv', 'hkdfSync']);
const APPROVED = new Set(["'sha256'", 'ALGORITHM']);

const product = sources('src').filter(({ path }) => !path.endsWith('.spec.ts') && !path.includes('/assets/'));

function where(test: (node: ts.Node) => boolean): string[] {
  return product.flatMap(({ path, tree }) =>
    [...nodes(tree)].filter(test).map((node) => `${path}:${lineOf(node)} ${node.getText().slice(0, 60)}`),
  );
}

const calls = (node: ts.Node, name: string): node is ts.CallExpression =>
  ts.isCallExpression(node) && node.expression.getText() === name;
const imports = (node: ts.Node, what: RegExp): node is ts.ImportDeclaration =>
  ts.isImportDeclaration(node) && what.test(node.moduleSpecifier.getText());

const isNewFunction = (node: ts.Node) => ts.isNewExpression(node) && node.expression.getText() === 'Function';
const isVm = (node: ts.Node) => imports(node, /^'(?:node:)?vm'$/);
const usesAnother = (node: ts.Node) =>
  ts.isCallExpression(node) &&
  CRYPTO_CALLS.has(node.expression.getText()) &&
  !APPROVED.has(node.arguments[0]!.getText());

/** Returns the names that an import declares: `default` if it imports the whole module. */
function namesOf({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return ['default'];
  return bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).getText());
}

it('only src/start/garbage-collection.ts executes text as code', () => {
  const places = where((node) => calls(node, 'eval') || isNewFunction(node) || isVm(node));
  expect(places.map((place) => place.split(':')[0])).toEqual(['src/start/garbage-collection.ts']); // runs only `gc`
});

it('only the embedded PostgreSQL, the start and the commands run programs, and never through a shell', () => {
  const others = where((node) => imports(node, /child_process'$/)).filter((place) => !STARTS_PROGRAMS.test(place));
  expect(others).toEqual([]);
  expect(where((node) => calls(node, 'exec') || calls(node, 'execSync'))).toEqual([]);
  expect(where((node) => ts.isPropertyAssignment(node) && node.name.getText() === 'shell')).toEqual([]);
});

it('no code sends outgoing requests', () => {
  const asks = where((node) => calls(node, 'fetch'));
  const modules = where((node) => imports(node, CLIENTS) && namesOf(node).some((name) => ASKS.test(name)));
  expect([...asks, ...modules]).toEqual([]);
});

it('only approved hashes and ciphers are used', () => {
  expect(where(usesAnother)).toEqual([]);
  const ciphers = product.flatMap(({ text }) => text.match(/(?<=ALGORITHM = ')[^']+/g) ?? []);
  expect(ciphers).toEqual(['aes-256-gcm']);
});

it('no code for authentication, users or accounts calls Math.random', () => {
  const files = where((node) => calls(node, 'Math.random')).map((place) => place.split(':')[0]);
  const secret = /\/(?:auth|users|accounts)\//;
  expect(files.filter((file) => secret.test(file!))).toEqual([]);
});
