import { posix } from 'node:path';
import { SyntaxKind, type SourceFile } from 'ts-morph';
import type { Imports } from '../render/imports.ts';
import { namesFor, pascal, type Names } from './names.ts';
import { entitiesOf, type Sources } from './project.ts';
import { Refusal } from './refusal.ts';

/** An existing resource and the paths of its files. */
export interface Feature {
  readonly names: Names;
  /** The path of its operations, without the first slash. */
  readonly route: string;
  readonly entity: string;
  /** The files with the classes of its requests and responses: usually one. */
  readonly dtos: readonly string[];
  readonly service: string;
  readonly errors: string;
  readonly controller: string;
  readonly resource: string;
  readonly test: string;
}

/** The last words of the classes of requests and responses. */
export const MODELS = ['Create', 'Patch', 'Response'] as const;

/** Returns the resource with this name. Throws a Refusal if there is none. */
export function featureOf(name: string | undefined, sources: Sources): Feature {
  const entities = entitiesOf(sources).filter(({ declared, path }) => declared.getName() === pascal(fileOf(path)));
  const found = entities.find(({ path }) => fileOf(path) === name);
  if (name === undefined || !found) throw noFeature(name ?? '', entities, sources);
  const folder = found.path.split('/')[1]!;
  const of = (kind: string) => `src/${folder}/${folder}.${kind}.ts`;
  return {
    names: namesFor(name, folder, found.table),
    route: routeOf(of('controller'), sources) ?? folder,
    entity: found.path,
    dtos: dtosOf(`src/${folder}`, pascal(name), of('dto'), sources),
    service: of('service'),
    errors: of('errors'),
    controller: of('controller'),
    resource: `test/${folder}/${folder}.resource.ts`,
    test: `test/${folder}/${folder}.e2e-spec.ts`,
  };
}

/** Returns the files of a folder that have the classes of requests and responses, or the usual file if none has. */
function dtosOf(folder: string, Class: string, usual: string, sources: Sources): string[] {
  const paths = sources.paths(folder).filter((path) => path.endsWith('.ts'));
  const having = paths.filter((path) => MODELS.some((kind) => sources.file(path).getClass(`${Class}${kind}`)));
  return having.length > 0 ? having : [usual];
}

function noFeature(name: string, entities: readonly { path: string }[], sources: Sources): Refusal {
  const file = sources.paths('src').find((path) => path.endsWith(`/${name}.entity.ts`));
  if (file) return new Refusal(`${file} has no class ${pascal(name)} with @Entity('TABLE')`);
  const known = entities.map(({ path }) => fileOf(path)).toSorted();
  return new Refusal(`There is no resource "${name}": use one of ${known.join(', ')}`);
}

/** Returns the path in the `@Controller` of a file. */
function routeOf(path: string, sources: Sources): string | undefined {
  if (!sources.tree.exists(path)) return undefined;
  const [declared] = sources.file(path).getClasses();
  const [route] = declared?.getDecorator('Controller')?.getArguments() ?? [];
  return route?.asKind(SyntaxKind.StringLiteral)?.getLiteralValue().replace(/^\//, '');
}

/** Returns imports of a feature's folder as the file at `path` has to write them: the entity can be in another folder. */
export function importsAt(path: string, imports: Imports, { names, entity }: Feature): Imports {
  const folder = `src/${names.path}`;
  const located = Object.entries(imports).map(([from, given]) => {
    if (!from.startsWith('.')) return [from, given] as const;
    const isEntity = from === `./${names.file}.entity.js`;
    const target = isEntity ? entity.replace(/\.ts$/, '.js') : posix.join(folder, from);
    const there = posix.relative(posix.dirname(path), target);
    return [there.startsWith('.') ? there : `./${there}`, given] as const;
  });
  return Object.fromEntries(located);
}

/** Returns `note` for `src/notes/note.entity.ts`. */
const fileOf = (path: string) => /([\w-]+)\.entity\.ts$/.exec(path)![1]!;

/** Changes files one by one. A file that cannot be changed stays the same, and `notPlaced` has the reason. */
export class Edits {
  readonly notPlaced: string[] = [];
  readonly sources: Sources;

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
