import type { Type } from './declared.js';
import { isMergePatch, mergedInto } from './merge-patch.js';

/**
 * What a PATCH asks for: the fields that were sent. Absent leaves a field of the row as it is, null clears it, a value sets
 * it; which fields may be null is the DTO's to say. The objects of a merge patch (RFC 7396) are merged into those of the row.
 * Throws ValidationFailed where such a whole is none of the DTO.
 */
export function changesOf<T extends object>(patch: T, current: object): Partial<T> {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const changes = Object.fromEntries(given) as Partial<T>;
  return isMergePatch(patch) ? mergedInto(current, changes, patch.constructor as Type<T>) : changes;
}
