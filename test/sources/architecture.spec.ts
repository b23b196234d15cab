import { importsOf, nodes, sources, specifierOf, type Source } from '../support/sources.js';
import ts from 'typescript';

const FEATURES = 'features';

/**
 * Ranks from the bottom up. A file imports only from its own folder or from a lower rank. A name is a folder of src/,
 * or files of src/ itself (`app`: app.ts and app.module.ts). Folders without a name here are features, which import no
 * other feature. A folder that imports a feature is listed above FEATURES.
 */
const RANKS = [
  ['embedded-postgres'],
  ['config'],
  ['ipc', 'kernel'],
  ['cache', 'replicas', 'threads'],
  ['rate-limit'],
  ['openapi', 'docs', 'database-setup'],
  ['audit'],
  ['jobs'],
  ['mail', 'housekeeping'],
  ['users'],
  ['auth'],
  [FEATURES],
  ['accounts', 'orders'],
  ['reports', 'exports', 'imports', 'dashboard', 'health', 'requests'],
  ['telemetry'],
  ['seed', 'backup'],
  ['app'],
  ['prepare'],
  ['start'],
  ['commands'],
  ['main'],
];

/** The same ranks inside the kernel. Files outside its folders connect its parts. */
const KERNEL_RANKS = [
  ['common'],
  ['context'],
  ['errors'],
  ['logging'],
  ['access', 'concurrency'],
  ['validation'],
  ['database'],
  ['schema'],
  ['http'],
  ['idempotency'],
];

const all = sources('src');
const product = all.filter(({ path }) => !path.endsWith('.spec.ts'));

const folderOf = (path: string) => path.split('/')[1]!.split('.')[0]!;
const partOf = (path: string) => path.split('/')[2]!;
const kernelRank = (path: string) => KERNEL_RANKS.findIndex((names) => names.includes(partOf(path)));
const NAMED: ReadonlySet<string> = new Set(RANKS.flat());
const rankOf = (path: string) => {
  const name = NAMED.has(folderOf(path)) ? folderOf(path) : FEATURES;
  return RANKS.findIndex((names) => names.includes(name));
};

function violations(find: (source: Source) => Iterable<string>): string[] {
  return product.flatMap((source) => [...find(source)].map((what) => `${source.path}: ${what}`));
}

function* found(source: Source, is: (node: ts.Node) => boolean): Generator<string> {
  for (const node of nodes(source.tree)) if (is(node)) yield node.getText().slice(0, 80);
}

const isPackage = (node: ts.Node) => specifierOf(node)?.startsWith('.') === false;

describe('imports', () => {
  it('are ranked only by folders that exist', () => {
    const folders = new Set(product.map(({ path }) => folderOf(path)));
    expect([...NAMED].filter((name) => name !== FEATURES && !folders.has(name))).toEqual([]);
  });

  it('lead to the same folder or to a lower rank', () => {
    const upward = all.flatMap((source) =>
      importsOf(source)
        .filter((path) => folderOf(path) !== folderOf(source.path) && rankOf(path) >= rankOf(source.path))
        .filter((path) => !(source.path.endsWith('.spec.ts') && path.startsWith('test/support/'))) // it is a test, too
        .map((path) => `${source.path} → ${path}`),
    );
    expect(upward).toEqual([]); // a feature that imports another one must be listed above it in RANKS
  });

  it('lead to a lower rank inside the kernel as well', () => {
    const inKernel = product.filter(({ path }) => /^src\/kernel\/[^/]+\//.test(path));
    expect(inKernel.filter(({ path }) => kernelRank(path) < 0).map(({ path }) => path)).toEqual([]);
    const upward = inKernel.flatMap((source) =>
      importsOf(source)
        .filter((path) => path.startsWith('src/kernel/') && partOf(path) !== partOf(source.path))
        .filter((path) => kernelRank(path) >= kernelRank(source.path))
        .map((path) => `${source.path} → ${path}`),
    );
    expect(upward).toEqual([]); // a feature that imports another one must be listed above it in RANKS
  });

  it('lead to files that exist', () => {
    const known = new Set(all.map(({ path }) => path));
    expect(violations((source) => importsOf(source).filter((path) => !known.has(path)))).toEqual([]);
  });

  it('form no cycle, type imports included', () => {
    expect(ringOf(new Map(product.map((source) => [source.path, importsOf(source)])))).toEqual([]);
  });

  it('in the client stay inside the client, which has no dependencies', () => {
    const client = sources('client/src');
    expect(client.flatMap((source) => [...found(source, isPackage)])).toEqual([]);
    expect(client.flatMap(importsOf).filter((path) => !path.startsWith('client/src/'))).toEqual([]);
  });

  it('in shipped code never lead to tests', () => {
    expect(violations((source) => importsOf(source).filter(isTest))).toEqual([]);
  });
});

describe('the modules', () => {
  it('make every controller reachable from src/app.module.ts', () => {
    const imports = new Map(product.map((source) => [source.path, importsOf(source)]));
    const reached = reachableFrom('src/app.module.ts', imports);
    const forgotten = product.filter(({ path }) => path.endsWith('.controller.ts') && !reached.has(path));
    const remedies = forgotten.map(({ path }) => {
      const module = [...imports].find(([from, to]) => from.endsWith('.module.ts') && to.includes(path))?.[0];
      return module === undefined
        ? `${path} is in no module: add it to the "controllers" of that of its folder`
        : `${path} is never served: add the module of ${module} to the imports of src/app.module.ts`;
    });
    expect(remedies).toEqual([]);
  });

  it('have no barrel files', () => {
    const barrels = product.filter(({ path, tree }) => path.endsWith('/index.ts') || tree.statements.every(isReExport));
    expect(barrels.map(({ path }) => path)).toEqual([]);
  });

  it('have no "export *"', () => {
    expect(violations((source) => found(source, isStar))).toEqual([]);
  });

  it('never use forwardRef', () => {
    expect(violations((source) => found(source, isForwardRef))).toEqual([]);
  });

  it('begin transactions only in the database layer', () => {
    const begun = violations((source) => found(source, beginsTransaction)).map((what) => what.split(':')[0]);
    // The first two implement TypeORM's own API for transactions.
    const asTypeOrm = ['src/kernel/database/data-source.ts', 'src/kernel/database/nested-query-runner.ts'];
    expect([...new Set(begun)]).toEqual([...asTypeOrm, 'src/kernel/database/transaction.ts']);
  });

  it('read the environment only in the configuration, except to pass it on to PostgreSQL', () => {
    const readers = violations((source) => found(source, readsEnvironment)).map((what) => what.split(':')[0]);
    const handsItOn = 'src/embedded-postgres/supervisor.ts'; // passes all of it to PostgreSQL and reads nothing
    expect([...new Set(readers)]).toEqual(['src/config/config.ts', handsItOn]);
  });
});

describe('ringOf', () => {
  it('finds a cycle', () => {
    const imports = new Map([
      ['a', ['b']],
      ['b', ['d', 'c']],
      ['c', ['a']],
      ['d', []],
    ]);
    expect(ringOf(imports)).toEqual(['a', 'b', 'c', 'a']);
  });
});

function reachableFrom(path: string, imports: ReadonlyMap<string, readonly string[]>, found = new Set<string>()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const target of imports.get(path) ?? []) reachableFrom(target, imports, found);
  return found;
}

const isTest = (path: string) => path.endsWith('.spec.ts') || !path.startsWith('src/');
const isReExport = (node: ts.Node) => ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined;
const isStar = (node: ts.Node) => ts.isExportDeclaration(node) && node.exportClause === undefined;
const isForwardRef = (node: ts.Node) => ts.isIdentifier(node) && node.text === 'forwardRef';

const beginsTransaction = (node: ts.Node) =>
  ts.isPropertyAccessExpression(node) && /^(?:transaction|startTransaction)$/.test(node.name.text);

/** Returns whether a node reads `process.env`, in any spelling, or imports node:process. */
function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.getText() === 'process.env';
  if (ts.isElementAccessExpression(node)) return /^process\[['"`]env['"`]\]$/.test(node.getText());
  if (ts.isBindingElement(node)) return /\benv\b.*= (?:globalThis\.)?process$/.test(node.parent.parent.getText());
  return ts.isImportDeclaration(node) && /^'(?:node:)?process'$/.test(node.moduleSpecifier.getText());
}

/** Returns the first import cycle, from a file back to itself, or an empty list. */
function ringOf(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const walk = (path: string, above: readonly string[]): string[] => {
    const at = above.indexOf(path);
    if (at >= 0) return [...above.slice(at), path];
    if (done.has(path)) return [];
    for (const target of imports.get(path) ?? []) {
      const ring = walk(target, [...above, path]);
      if (ring.length > 0) return ring;
    }
    done.add(path);
    return [];
  };
  for (const path of imports.keys()) {
    const ring = walk(path, []);
    if (ring.length > 0) return ring;
  }
  return [];
}
