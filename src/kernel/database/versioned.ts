import { getMetadataArgsStorage } from 'typeorm';
import type { EntityClass } from './hydrator.js';
import type { Type } from '../validation/model-metadata.js';

// @Versioned: response models whose ETag is the version of a row.

/** A row with a version number (see @Version in columns.ts). */
export interface VersionedRow {
  readonly version: number;
}

/** The class of an entity with a version number. */
export type VersionedEntity = EntityClass<VersionedRow>;

const ENTITY = 'aerie:versioned';

/**
 * Marks a response model that shows one row of an entity. Responses with one such object have the row's version as
 * `ETag`, and writes to the same path honour `If-Match` (kernel/http/precondition.interceptor.ts).
 */
export function Versioned(Entity: VersionedEntity): ClassDecorator {
  return (model) => Reflect.defineMetadata(ENTITY, Entity, model);
}

/** Returns the entity of a @Versioned model, or undefined. */
export function versionedEntity(model: Type<object> | undefined): VersionedEntity | undefined {
  return model && (Reflect.getMetadata(ENTITY, model) as VersionedEntity | undefined);
}

/** Whether the class is an entity, and so cannot be a response model. */
export const isEntity = (model: Type<object>) => getMetadataArgsStorage().tables.some(({ target }) => target === model);

/**
 * Returns the name of the first entity class of which JSON of the value would contain a row with all of its columns;
 * undefined if there is none. A row with a `toJSON` decides itself. Throws what JSON.stringify throws.
 */
export function entityInJson(value: unknown): string | undefined {
  const entities = new Set<unknown>(getMetadataArgsStorage().tables.map(({ target }) => target));
  let found: string | undefined;
  JSON.stringify(value, function (this: object, key: string, shown: unknown) {
    const given: unknown = Reflect.get(this, key);
    if (found !== undefined || typeof shown === 'bigint') return undefined;
    if (typeof given === 'object' && given !== null && given === shown && entities.has(given.constructor))
      found = given.constructor.name;
    return shown;
  });
  return found;
}

/**
 * Returns the first of these properties that is a relation of the entity, or undefined. A related row may change
 * without the version, which only counts changes of the row itself. `properties` are JSON Schema properties.
 */
export function relationWithoutVersion(
  entity: VersionedEntity,
  properties: Readonly<Record<string, object>>,
): string | undefined {
  const levels = new Set<unknown>();
  for (let level: unknown = entity; typeof level === 'function'; level = Reflect.getPrototypeOf(level))
    levels.add(level);
  const relations = getMetadataArgsStorage().relations.filter(({ target }) => levels.has(target));
  return relations.map(({ propertyName }) => propertyName).find((name) => name in properties);
}
