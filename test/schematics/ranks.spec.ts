import { HostTree } from '@angular-devkit/schematics';
import { Sources } from '../../schematics/lib/project.ts';
import { addRank } from '../../schematics/lib/ranks.ts';
import { RANKS } from './suppliers.ts';

/** Returns the ranks after a feature has got references to others. `imports` are the imports between features. */
function ranked(feature: string, targets: readonly string[], imports: Readonly<Record<string, string[]>>): string {
  const tree = new HostTree();
  tree.create(RANKS, `const RANKS = [['auth'], [FEATURES], ['orders', 'crates'], ['telemetry'], ['app']];\n`);
  for (const [name, others] of Object.entries(imports)) {
    const lines = others.map((other) => `import { One } from '../${other}/one.entity.js';\n`);
    tree.create(`src/${name}/one.service.ts`, lines.join(''));
    tree.create(`src/${name}/one.spec.ts`, `import { One } from '../telemetry/one.js';\n`);
  }
  tree.create('src/app.module.ts', `import { One } from './${feature}/one.module.js';\n`);
  addRank(new Sources(tree), feature, targets);
  return tree.readText(RANKS);
}

it.each<[feature: string, targets: string[], imports: Record<string, string[]>, ranks: string]>([
  ['shelves', ['items'], {}, `[FEATURES], ['orders', 'crates', 'shelves'], ['telemetry']`],
  ['shelves', ['crates'], {}, `['orders', 'crates'], ['shelves'], ['telemetry']`],
  ['shelves', ['items'], { crates: ['shelves'] }, `[FEATURES], ['shelves'], ['orders', 'crates'], ['telemetry']`],
  ['shelves', ['auth'], {}, `[['auth'], [FEATURES], ['orders', 'crates'], ['telemetry']`],
  ['items', ['items'], {}, `[FEATURES], ['orders', 'crates'], ['telemetry']`],
  ['crates', ['items'], { app: ['crates'] }, `[FEATURES], ['orders', 'crates'], ['telemetry']`],
])('%s that refers to %j gets a rank above it', (feature, targets, imports, ranks) => {
  expect(ranked(feature, targets, imports)).toContain(ranks);
});

it.each<[target: string, imports: Record<string, string[]>]>([
  ['crates', { crates: ['items'] }],
  ['crates', { crates: ['boxes'], boxes: ['items'] }],
])('features must not refer to each other: items to %s, with the imports %j', (target, imports) => {
  expect(() => ranked('items', [target], imports)).toThrow(
    'items cannot refer to crates, because crates already refers to items',
  );
});

it('a feature that would rise above one that refers to it is refused', () => {
  expect(() => ranked('items', ['crates'], { orders: ['items'] })).toThrow(
    'items needs a higher rank than orders, which refers to it: move orders up in RANKS of test/sources/architecture.spec.ts first',
  );
});
