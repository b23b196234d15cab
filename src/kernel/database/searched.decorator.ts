import { Index, type EntityMetadata } from 'typeorm';

// @Searched: columns that lists may search.

const SEARCHED = 'aerie:searched';

/** Index names by property. */
type SearchIndexes = Readonly<Record<string, string>>;

/**
 * Marks a text column that lists may search (`rows.search(['name'], …)`). It needs a trigram index with this name.
 * TypeORM cannot create it, but `npm run migration:generate` does.
 */
export function Searched(index: string): PropertyDecorator {
  return (prototype, property) => {
    const entity = prototype.constructor;
    const known = Reflect.getMetadata(SEARCHED, entity) as SearchIndexes | undefined;
    Reflect.defineMetadata(SEARCHED, { ...known, [property]: index }, entity);
    Index(index, { synchronize: false })(entity);
  };
}

/** Returns the `@Searched` properties of an entity with the names of their indexes. */
export function searchIndexes({ target }: EntityMetadata): SearchIndexes {
  return (Reflect.getMetadata(SEARCHED, target) as SearchIndexes | undefined) ?? {};
}

/** Throws if a property is not `@Searched`: it has no index. */
export function assertDeclaredSearched(metadata: EntityMetadata, properties: readonly string[]): void {
  const missing = properties.find((property) => !(property in searchIndexes(metadata)));
  if (missing !== undefined) throw new Error(undeclaredSearchMessage(metadata, missing));
}

/** The message for a search of a property that is not `@Searched`, with the remedy. */
export function undeclaredSearchMessage({ tableName, name }: EntityMetadata, property: string): string {
  return `${tableName}.${property} is searched without an index: declare @Searched('${tableName}_${property}_search_idx') on ${property} of ${name}, then run "npm run migration:generate -- NAME"`;
}
