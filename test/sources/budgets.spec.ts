import ts from 'typescript';
import { height, lineOf, nodes, sources, textFiles, type Source } from '../support/sources.js';

const inSource = [...sources('src'), ...sources('client/src'), ...sources('schematics')];
const inTest = sources('test');
const product = inSource.filter(({ path }) => !path.endsWith('.spec.ts'));
const tests = [...inSource.filter(({ path }) => path.endsWith('.spec.ts')), ...inTest];
const everything = [...inSource, ...inTest, ...sources('migrations')];
const files = textFiles();

const total = (of: readonly Source[]) => of.reduce((sum, { lines }) => sum + lines, 0);
const textOf = (path: string) => files.find((file) => file.path === path)!.text;

/** Returns the location of each node for which `say` returns a text, followed by that text. */
function places(where: readonly Source[], say: (node: ts.Node) => string | undefined): string[] {
  return where.flatMap(({ path, tree }) =>
    [...nodes(tree)].flatMap((node) => {
      const said = say(node);
      return said === undefined ? [] : [`${path}:${lineOf(node)} ${said}`];
    }),
  );
}

/** Returns whether the node is a function with a body. Callbacks of `describe`, `it` and hooks do not count. */
function isFunction(node: ts.Node): boolean {
  if (!ts.isFunctionLike(node) || !('body' in node)) return false;
  const { parent } = node;
  const callee = ts.isCallExpression(parent) ? parent.expression.getText() : '';
  return !/\b(?:describe|it|test|beforeAll|afterAll)\b/.test(callee);
}

it('no file has more than 250 lines', () => {
  expect(everything.filter(({ lines }) => lines > 250).map(({ path, lines }) => `${path} ${lines}`)).toEqual([]);
});

it('half of the files have at most 70 lines', () => {
  const sorted = product.map(({ lines }) => lines).toSorted((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(70);
});

it('the kernel has at most 35 % of the lines of src/', () => {
  const inSrc = product.filter(({ path }) => path.startsWith('src/'));
  const inKernel = inSrc.filter(({ path }) => path.startsWith('src/kernel/'));
  expect(total(inKernel) / total(inSrc)).toBeLessThanOrEqual(0.35);
});

it('no function has more than 40 lines', () => {
  expect(
    places(everything, (node) => (isFunction(node) && height(node) > 40 ? `${height(node)} lines` : undefined)),
  ).toEqual([]);
});

it('no constructor has more than 5 dependencies', () => {
  const constructors = places(product, (node) =>
    ts.isConstructorDeclaration(node) && node.parameters.length > 5 ? `${node.parameters.length}` : undefined,
  );
  expect(constructors).toEqual([]);
});

it('the type any is not used', () => {
  expect(
    places(everything, (node) => (node.kind === ts.SyntaxKind.AnyKeyword ? node.parent.getText() : undefined)),
  ).toEqual([]);
});

describe('suppressions', () => {
  const MARK = /(?:ts-(?:ignore|nocheck|expect-error)|(?:ox|es|ts)lint-(?:disable)|(?:oxfmt|prettier)-(?:ignore))\b.*/g;
  const given = files
    .filter(({ path }) => /\.[cm]?[jt]s$/.test(path))
    .flatMap(({ path, text }) => [...text.matchAll(MARK)].map(([mark]) => `${path}: ${mark}`));

  it('are at most three', () => {
    expect(given.slice(3)).toEqual([]);
  });

  it('each state a reason', () => {
    expect(given.filter((mark) => !/(?:--|: ) ?\w.{10,}$/.test(mark.slice(mark.indexOf(': ') + 2)))).toEqual([]);
  });
});

it('tests have at least as many lines as the source', () => {
  expect(total(tests)).toBeGreaterThanOrEqual(total(product));
});

it('there are at most 40 runtime dependencies', () => {
  const { dependencies } = JSON.parse(textOf('package.json')) as { dependencies: object };
  expect(Object.keys(dependencies).length).toBeLessThanOrEqual(40);
});

it('the lock file contains no registry URLs', () => {
  const { packages } = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, { resolved?: string }> };
  expect(Object.values(packages).flatMap(({ resolved }) => resolved ?? [])).toEqual([]);
  expect(Object.keys(packages).length).toBeGreaterThan(100);
});

it('no file contains a marker for unfinished work', () => {
  const later = /\b(?:TO)(?:DO)\b|\b(?:FIX)(?:ME)\b|\b(?:XX)(?:X)\b/;
  expect(files.filter(({ text }) => later.test(text)).map(({ path }) => path)).toEqual([]);
});

it('no file contains a path of the machine on which it was written', () => {
  const home = /(?:^|[\s'"`(=:])\/(?:home|root|Users|work|mnt)\/[\w.-]|\b[A-Z]:\\{1,2}Users\\/m;
  expect(files.filter(({ text }) => home.test(text)).map(({ path }) => path)).toEqual([]);
});
