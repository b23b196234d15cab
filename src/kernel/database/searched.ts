import { Index, type EntityMetadata } from 'typeorm';

const SEARCHED = 'aerie:searched';

/** By property: the names of the indexes. */
type SearchIndexes = Readonly<Record<string, string>>;

/**
 * A text that lists are searched by (`rows.search(['name'], …)`). It needs an index of this name on its trigrams, which
 * TypeORM cannot declare: `npm run migration:generate` writes it.
 */
export function Searched(index: string): PropertyDecorator {
  return (prototype, property) => {
    const entity = prototype.constructor;
    const known = Reflect.getMetadata(SEARCHED, entity) as SearchIndexes | undefined;
    Reflect.defineMetadata(SEARCHED, { ...known, [property]: index }, entity);
    Index(index, { synchronize: false })(entity);
  };
}

/** The searched properties of an entity, with the names of their indexes. */
export function searchIndexes({ target }: EntityMetadata): SearchIndexes {
  return (Reflect.getMetadata(SEARCHED, target) as SearchIndexes | undefined) ?? {};
}

/** Throws where lists would be searched by a text that has no index. */
export function assertSearched(metadata: EntityMetadata, properties: readonly string[]): void {
  const missing = properties.find((property) => !(property in searchIndexes(metadata)));
  if (missing !== undefined) throw new Error(unsearched(metadata, missing));
}

/** That a text is searched which is not declared so, with the remedy. */
export function unsearched({ tableName, name }: EntityMetadata, property: string): string {
  return `${tableName}.${property} is searched without an index: declare @Searched('${tableName}_${property}_search_idx') on ${property} of ${name}, then run "npm run migration:generate -- NAME"`;
}
