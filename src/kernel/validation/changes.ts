/**
 * What a PATCH asks for: the fields that were sent. Absent leaves a field as it is, null clears it, a value sets it;
 * which fields may be null is the DTO's to say.
 */
export function changesOf<T extends object>(patch: T): Partial<T> {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<T>;
}
