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
