import { valueError, type FieldError, type Loc } from './errors.js';
import { FORBIDDEN_KEYS, unstorable } from './text.js';

export const MAX_JSON_DEPTH = 32;
export const MAX_JSON_KEYS = 2000;
export const MAX_JSON_ITEMS = 5000;

/** What is wrong with the text's shape, told from one pass over it, before anything is built from it. */
export function shapeProblem(text: string): string | undefined {
  const items = [0]; // by depth: how many the open array has, or minus infinity for an object
  let keys = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        i = closingQuote(text, i);
        break;
      case 0x5b: // [
      case 0x7b: // {
        items.push(text.charCodeAt(i) === 0x5b ? 1 : -Infinity);
        if (items.length - 1 > MAX_JSON_DEPTH) return `JSON may be nested at most ${MAX_JSON_DEPTH} levels deep`;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        if (items.length > 1) items.pop();
        break;
      case 0x3a: // :
        if (++keys > MAX_JSON_KEYS) return `JSON may have at most ${MAX_JSON_KEYS} keys`;
        break;
      case 0x2c: // ,
        if (++items[items.length - 1]! > MAX_JSON_ITEMS) return `A list may have at most ${MAX_JSON_ITEMS} items`;
        break;
    }
  }
  return undefined;
}

/** The end of the string that opens at `start`; the end of the text for one that stays open. */
function closingQuote(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (text.charCodeAt(quote - 1 - escapes) === 0x5c) escapes++;
    if (escapes % 2 === 0) return quote;
  }
  return text.length;
}

const SUSPECT = /\\u|__proto__|constructor|prototype/;
const MAX_TOLD = 20; // a body of nothing but NULs must not be answered with megabytes

/**
 * Keys that reach a prototype, and text that cannot be stored, anywhere in the value that `text` was parsed to. Only an
 * escape can write such text, so that most bodies need no second look. Nothing is echoed: no model says yet what is
 * secret.
 */
export function contentErrors(text: string, value: unknown, loc: Loc): FieldError[] {
  const errors: FieldError[] = [];
  if (SUSPECT.test(text)) inspect(value, loc, errors);
  return errors;
}

function inspect(value: unknown, loc: Loc, errors: FieldError[]): void {
  if (errors.length >= MAX_TOLD) return;
  if (typeof value === 'string') {
    const problem = unstorable(value);
    if (problem !== undefined) errors.push(valueError(loc, problem, {}));
  } else if (Array.isArray(value)) {
    value.forEach((item, position) => inspect(item, [...loc, position], errors));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const at = [...loc, key.toWellFormed()];
      const problem = FORBIDDEN_KEYS.has(key) ? `The key ${key} is not allowed` : unstorable(key);
      if (problem === undefined) inspect(item, at, errors);
      else errors.push(valueError(at, problem, {}));
    }
  }
}
