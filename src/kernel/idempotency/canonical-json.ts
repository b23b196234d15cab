import { toNfc } from '../validation/text-normalization.js';

/**
 * Serializes a value as JSON with sorted keys, without absent (undefined) fields and with composed characters (NFC), so
 * that equal values have equal texts. Values that differ in anything else have different texts. `nullIsAbsent`: fields
 * that are null are left out, too.
 */
export function canonicalJson(value: unknown, { nullIsAbsent = false } = {}): string {
  return JSON.stringify(value, (_key, one: unknown) => toCanonicalValue(one, nullIsAbsent)) ?? 'undefined';
}

function toCanonicalValue(value: unknown, nullIsAbsent: boolean): unknown {
  if (typeof value === 'string') return toNfc(value);
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
    return { [typeof value]: String(value) };
  if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = composedKeys(Object.entries(value)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(nullIsAbsent ? entries.filter(([, one]) => one !== null) : entries);
}

/** Composes the keys (NFC). Returns them unchanged if two of them would become equal. */
function composedKeys(entries: [string, unknown][]): [string, unknown][] {
  const keys = new Set(entries.map(([key]) => toNfc(key)));
  return keys.size === entries.length ? entries.map(([key, one]) => [toNfc(key), one]) : entries;
}
