import { getMetadataArgsStorage } from 'typeorm';
import type { EntityClass } from './hydrate.js';
import type { Type } from '../validation/validate.js';

/** A row that counts its changes. */
export interface VersionedRow {
  readonly version: number;
}

export type VersionedEntity = EntityClass<VersionedRow>;

const ENTITY = 'aerie:versioned';

/**
 * A response model that shows one row of this entity. An answer with one such thing carries the row's version as its
 * `ETag`, and the writes to the same path honour `If-Match` (kernel/http/precondition.interceptor.ts).
 */
export function Versioned(Entity: VersionedEntity): ClassDecorator {
  return (model) => Reflect.defineMetadata(ENTITY, Entity, model);
}

/** The entity whose rows a model shows, if they have versions. */
export function versionedEntity(model: Type<object> | undefined): VersionedEntity | undefined {
  return model && (Reflect.getMetadata(ENTITY, model) as VersionedEntity | undefined);
}

export const isEntity = (model: Type<object>) => getMetadataArgsStorage().tables.some(({ target }) => target === model);

/**
 * The first of these properties, by their schemas, that a relation of the entity fills: with other rows, whose changes its
 * version does not count. The trigger counts what is in the row itself.
 */
export function uncountedRelation(
  entity: VersionedEntity,
  properties: Readonly<Record<string, object>>,
): string | undefined {
  const levels = new Set<unknown>();
  for (let level: unknown = entity; typeof level === 'function'; level = Reflect.getPrototypeOf(level))
    levels.add(level);
  const relations = getMetadataArgsStorage().relations.filter(({ target }) => levels.has(target));
  return relations.map(({ propertyName }) => propertyName).find((name) => name in properties);
}
