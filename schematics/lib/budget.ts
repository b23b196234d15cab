import type { Rule } from '@angular-devkit/schematics';
import { Refusal } from './refusal.ts';

/** The most lines that `test/sources/budgets.spec.ts` allows a file. */
const MOST = 250;

/** Refuses files that would be longer than the tests of the sources allow. */
export function withinBudget(): Rule {
  return (tree) => {
    for (const { kind, path } of tree.actions as readonly { kind: string; path: string }[]) {
      const lines = kind === 'd' || !path.endsWith('.ts') ? 0 : tree.readText(path).split('\n').length - 1;
      const advice = kind === 'c' ? 'use fewer fields, or shorter ones' : 'divide it first';
      if (lines > MOST)
        throw new Refusal(`${path.slice(1)} would have ${lines} lines, but at most ${MOST} are allowed: ${advice}`);
    }
  };
}
