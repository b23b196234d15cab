import { apply, applyTemplates, chain, mergeWith, url, type Rule, type Tree } from '@angular-devkit/schematics';
import { parseDefinition, wordsOfLine, type Definition } from '../lib/definition.ts';
import { withinBudget } from '../lib/budget.ts';
import { declaredOnce } from '../lib/declared-once.ts';
import { formatted } from '../lib/formatted.ts';
import { migrationTime } from '../lib/migrations.ts';
import { addModule } from '../lib/app-module.ts';
import { refuseTaken, Sources, targetsOf } from '../lib/project.ts';
import { addRank } from '../lib/ranks.ts';
import { viewOf } from '../render/view.ts';

/**
 * The input of a schematic. `npm run generate` passes `words`. `nest g -c ./schematics` passes a name, and the rest as
 * one text.
 */
export interface Options {
  readonly words?: readonly string[];
  readonly name?: string;
  readonly type?: string;
}

export const wordsOf = ({ words, name = '', type = '' }: Options) => words ?? [name, ...wordsOfLine(type)];

/** Adds a resource. Throws a Refusal before anything is changed. */
export function resource(options: Options): Rule {
  return (tree) => {
    const former = tree.branch();
    const sources = new Sources(tree);
    const definition = parseDefinition(wordsOf(options), targetsOf(sources));
    refuseTaken(definition.names, sources);
    const files = apply(url('./files'), [
      applyTemplates({ ...definition.names, ...viewOf(definition, migrationTime(tree)) }),
    ]);
    return chain([
      mergeWith(files),
      (given: Tree) => placed(given, definition),
      declaredOnce(),
      formatted(),
      withinBudget(former),
    ]);
  };
}

function placed(tree: Tree, { names, fields }: Definition): void {
  const sources = new Sources(tree);
  addModule(sources, names);
  addRank(
    sources,
    names.path,
    fields.flatMap(({ target }) => target?.folder ?? []),
  );
}
