import { isSecretName, MASK } from './secret.js';

const MAX_DEPTH = 64; // bodies are far below; a ring handed to validate() must not exhaust the stack

/**
 * A copy of the value that a 422 can show: it can be written as UTF-8 JSON (no lone surrogate, no infinity, big
 * integers exact), and whatever has a secret's name, at any depth, is masked.
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

/** What came in the place of an object that has secrets: any text in it could be one. */
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

/** The number as it was written, for JSON.stringify; rounded where the engine has no raw JSON (Node before 22). */
export function rawNumber(text: string): unknown {
  return JSON.rawJSON?.(text) ?? Number(text);
}
