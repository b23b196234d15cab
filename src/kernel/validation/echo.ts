import { isSecretName, MASK } from './secret.js';

const MAX_DEPTH = 64; // bodies are far less deep; a cycle passed to validate() must not exhaust the stack

/**
 * A copy of the value for a 422's `input`. It can be written as UTF-8 JSON (no lone surrogates, no infinity, exact big
 * integers), and every property that is named like a secret is masked, at any depth.
 */
export function echo(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return rawNumber(String(value));
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => echo(item, depth + 1));
  if (value instanceof Date) return String(value);
  const shown = (name: string, item: unknown) => (isSecretName(name) ? MASK : echo(item, depth + 1));
  // fromEntries defines properties, so a key __proto__ stays a key
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.toWellFormed(), shown(name, item)]));
}

/** A copy with all texts masked: the value came where an object with secrets was expected, so any text may be one. */
export function withoutTexts(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return MASK;
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) && depth < MAX_DEPTH ? value.map((item) => withoutTexts(item, depth + 1)) : value;
}

declare global {
  interface JSON {
    rawJSON?(text: string): object;
    isRawJSON?(value: unknown): boolean;
  }
}

/** The number as it was written, for JSON.stringify. Rounded before Node 22, which has no raw JSON. */
export function rawNumber(text: string): unknown {
  return JSON.rawJSON?.(text) ?? Number(text);
}
