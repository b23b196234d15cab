/**
 * Serializes a value as JSON with sorted keys and without absent (undefined) fields, so that equal values have equal texts.
 * Values that differ in anything else have different texts.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => toCanonicalValue(one)) ?? 'undefined';
}

function toCanonicalValue(value: unknown): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
    return { [typeof value]: String(value) };
  if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
