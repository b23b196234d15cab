import type { SourceFile } from 'ts-morph';
import { namesFor, pascal, type Names } from './names.ts';
import { entitiesOf, type Sources } from './project.ts';
import { Refusal } from './refusal.ts';

/** An existing resource and the paths of its files. */
export interface Feature {
  readonly names: Names;
  readonly entity: string;
  readonly dto: string;
  readonly service: string;
  readonly errors: string;
  readonly controller: string;
  readonly resource: string;
  readonly test: string;
}

/** Returns the resource with this name. Throws a Refusal if there is none. */
export function featureOf(name: string | undefined, sources: Sources): Feature {
  const entities = entitiesOf(sources);
  const found = entities.find(({ declared, path }) => fileOf(path) === name && declared.getName() === pascal(name));
  if (name === undefined || !found) {
    const known = entities.map(({ path }) => fileOf(path));
    throw new Refusal(`There is no resource "${name ?? ''}": use one of ${known.toSorted().join(', ')}`);
  }
  const folder = found.path.split('/')[1]!;
  const of = (kind: string) => `src/${folder}/${folder}.${kind}.ts`;
  return {
    names: namesFor(name, folder, found.table),
    entity: found.path,
    dto: of('dto'),
    service: of('service'),
    errors: of('errors'),
    controller: of('controller'),
    resource: `test/${folder}/${folder}.resource.ts`,
    test: `test/${folder}/${folder}.e2e-spec.ts`,
  };
}

/** Returns `note` for `src/notes/note.entity.ts`. */
const fileOf = (path: string) => /([\w-]+)\.entity\.ts$/.exec(path)![1]!;

/** Changes files one by one. A file that cannot be changed stays the same, and `notPlaced` has the reason. */
export class Edits {
  readonly notPlaced: string[] = [];
  private readonly sources: Sources;

  constructor(sources: Sources) {
    this.sources = sources;
  }

  /** Applies `edit` to a file. `edit` throws NotPlaced if it does not find the place for its change. */
  change(path: string, edit: (file: SourceFile) => void): void {
    if (!this.sources.tree.exists(path)) {
      this.notPlaced.push(`${path}: there is no such file`);
      return;
    }
    const file = this.sources.fresh(path);
    try {
      edit(file);
    } catch (error) {
      if (!(error instanceof NotPlaced)) throw error;
      this.notPlaced.push(`${path}: ${error.message}`);
      return;
    }
    if (file.getFullText() !== this.sources.tree.readText(path)) this.sources.save(file);
  }
}

/** There is no place in a file for a change. The message says what to do by hand. */
export class NotPlaced extends Error {}
