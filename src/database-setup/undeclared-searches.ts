import { readFileSync } from 'node:fs';
import type { EntityMetadata } from 'typeorm';
import { compiledFiles } from '../kernel/common/compiled-files.js';
import { searchIndexes } from '../kernel/database/searched.decorator.js';

// Finds searches of columns that are not @Searched, for the check at start.

/** A property that a service searches and its entity does not declare as `@Searched`. */
export interface UndeclaredSearch {
  readonly entity: EntityMetadata;
  readonly property: string;
}

const SEARCH_CALL = /\.search\(\s*\[([^\]]*)\]/g;
const ENTITY_IMPORT = /import \{([^}]*)\} from ["'][^"']*\.entity\.js["']/g;

/**
 * Finds calls like `rows.search(['name'], …)` in the compiled services whose columns no imported entity declares as
 * `@Searched`, so that the mistake shows at start and not at the first request. It reads the source text: calls whose
 * columns are not literals are not found.
 */
export function undeclaredSearches(entities: readonly EntityMetadata[]): UndeclaredSearch[] {
  return compiledFiles('.service.js').flatMap(({ path }) => undeclaredSearchesIn(readFileSync(path, 'utf8'), entities));
}

/** The same for the text of one file. */
export function undeclaredSearchesIn(text: string, entities: readonly EntityMetadata[]): UndeclaredSearch[] {
  const searched = new Set(wordsOf(text, SEARCH_CALL));
  if (searched.size === 0) return [];
  const imported = new Set(wordsOf(text, ENTITY_IMPORT));
  const known = entities.filter(({ name }) => imported.has(name));
  return [...searched].flatMap((property) => {
    const having = known.filter((entity) => entity.findColumnWithPropertyName(property) !== undefined);
    const isDeclared = having.some((entity) => property in searchIndexes(entity));
    return isDeclared || having.length === 0 ? [] : [{ entity: having[0]!, property }];
  });
}

const wordsOf = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].flatMap(([, list]) => list!.match(/\w+/g) ?? []);
