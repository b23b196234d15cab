import { isSecretName, MASK } from './secret.js';

const MAX_DEPTH = 64; // bodies are far less deep; a cycle passed to validate() must not exhaust the stack

/**
 * Copies a value for the `input` of a 422. The copy can be serialized as UTF-8 JSON (no lone surrogates, no infinity,
 * exact big integers), and properties with the name of a secret are masked, at any depth.
 */
export function errorInput(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return JSON.rawJSON(String(value)); // written exactly
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => errorInput(item, depth + 1));
  if (value instanceof Date) return String(value);
  const shown = (name: string, item: unknown) => (isSecretName(name) ? MASK : errorInput(item, depth + 1));
  // fromEntries defines properties, so a key __proto__ stays a key
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.toWellFormed(), shown(name, item)]));
}

/** Copies a value with all texts masked: an object with secrets was expected there, so any text may be a secret. */
export function maskTexts(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return MASK;
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) && depth < MAX_DEPTH ? value.map((item) => maskTexts(item, depth + 1)) : value;
}

declare global {
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}
