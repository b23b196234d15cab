import { valueError, type FieldError, type Loc } from '../errors/validation-failed.js';
import { FORBIDDEN_KEYS } from './text.js';

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

const MAX_TOLD = 20; // a body of nothing but such keys must not be answered with megabytes

/**
 * The keys that reach a prototype, anywhere in a parsed body, also where no model looks. For a body that is good
 * otherwise: what its model says of it comes first.
 */
export function forbiddenKeys(value: unknown, loc: Loc, errors: FieldError[] = []): FieldError[] {
  if (typeof value !== 'object' || value === null || errors.length >= MAX_TOLD) return errors;
  if (Array.isArray(value)) value.forEach((item, position) => forbiddenKeys(item, [...loc, position], errors));
  else {
    for (const [key, item] of Object.entries(value)) {
      const at = [...loc, key.toWellFormed()];
      if (FORBIDDEN_KEYS.has(key)) errors.push(valueError(at, `The key ${key} is not allowed`, {}));
      else forbiddenKeys(item, at, errors);
    }
  }
  return errors;
}
