import { readFileSync } from 'node:fs';
import type { EntityMetadata } from 'typeorm';
import { compiledFiles } from '../common/compiled-files.js';
import { searchIndexes } from './searched.js';

/** A text that a service searches without its being declared. */
export interface Undeclared {
  readonly entity: EntityMetadata;
  readonly property: string;
}

const SEARCH = /\.search\(\s*\[([^\]]*)\]/g;
const IMPORT = /import \{([^}]*)\} from ["'][^"']*\.entity\.js["']/g;

/**
 * What the compiled services search (`rows.search(['name'], …)`) although no entity that they import declares it `@Searched`:
 * else only requests would tell. A call is read as text, so that one whose columns are not written out is left to requests.
 */
export function undeclaredSearches(entities: readonly EntityMetadata[]): Undeclared[] {
  return compiledFiles('.service.js').flatMap(({ path }) => searchedIn(readFileSync(path, 'utf8'), entities));
}

/** The same of one file's text. */
export function searchedIn(text: string, entities: readonly EntityMetadata[]): Undeclared[] {
  const searched = new Set(wordsOf(text, SEARCH));
  if (searched.size === 0) return [];
  const imported = new Set(wordsOf(text, IMPORT));
  const known = entities.filter(({ name }) => imported.has(name));
  return [...searched].flatMap((property) => {
    const having = known.filter((entity) => entity.findColumnWithPropertyName(property) !== undefined);
    const isDeclared = having.some((entity) => property in searchIndexes(entity));
    return isDeclared || having.length === 0 ? [] : [{ entity: having[0]!, property }];
  });
}

const wordsOf = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].flatMap(([, list]) => list!.match(/\w+/g) ?? []);
