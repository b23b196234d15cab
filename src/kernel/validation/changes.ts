import type { Type } from './declared.js';
import { isMergePatch, mergedInto } from './merge-patch.js';

/**
 * The fields that a PATCH sent. An absent field of the row stays as it is, null clears it, a value sets it. The DTO says
 * which fields may be null. The objects of a merge patch (RFC 7396) are merged into those of the row. Throws ValidationFailed
 * if the DTO does not allow a merged object.
 */
export function changesOf<T extends object>(patch: T, current: object): Partial<T> {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const changes = Object.fromEntries(given) as Partial<T>;
  return isMergePatch(patch) ? mergedInto(current, changes, patch.constructor as Type<T>) : changes;
}
