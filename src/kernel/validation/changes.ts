/**
 * The fields that a PATCH sent. An absent field stays as it is, null clears it, a value sets it. The DTO says which fields
 * may be null.
 */
export function changesOf<T extends object>(patch: T): Partial<T> {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<T>;
}
