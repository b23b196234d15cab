import type { Rule, Tree } from '@angular-devkit/schematics';
import { Refusal } from './refusal.ts';

/** The most lines that `test/sources/budgets.spec.ts` allows a file. */
const MOST = 250;

/** Refuses files that would be longer than the tests of the sources allow, and longer than they are in `former`. */
export function withinBudget(former: Tree): Rule {
  return (tree) => {
    for (const { kind, path } of tree.actions as readonly { kind: string; path: string }[]) {
      if (kind === 'd' || !path.endsWith('.ts')) continue;
      const lines = linesIn(tree, path);
      const advice = kind === 'c' ? 'use fewer fields, or shorter ones' : 'divide it first';
      if (lines > MOST && lines > linesIn(former, path))
        throw new Refusal(`${path.slice(1)} would have ${lines} lines, but at most ${MOST} are allowed: ${advice}`);
    }
  };
}

const linesIn = (tree: Tree, path: string) => (tree.exists(path) ? tree.readText(path).split('\n').length - 1 : 0);
