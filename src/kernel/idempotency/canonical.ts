/**
 * One text for all spellings of a value: keys are in one order, and fields that are absent are left out. Two values that
 * differ in anything else have different texts.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => ordered(one)) ?? 'undefined';
}

function ordered(value: unknown): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
    return { [typeof value]: String(value) };
  if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
