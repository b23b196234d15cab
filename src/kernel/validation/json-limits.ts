import { valueError, type FieldError, type Loc } from '../errors/validation-failed.js';
import { FORBIDDEN_KEYS } from './text.js';

// Limits for JSON bodies: depth, number of keys and items, forbidden keys.

/** Bodies beyond these limits are refused before they are parsed. */
export const MAX_JSON_DEPTH = 32;
export const MAX_JSON_KEYS = 2000;
export const MAX_JSON_ITEMS = 5000;

/** Returns a message for a text that exceeds a limit, in one pass before it is parsed. */
export function shapeProblem(text: string): string | undefined {
  const items = [0]; // by depth: the number of items of the open array, or minus infinity for an object
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

/** Returns the end of the string that begins at `start`, or of the text if the string is not closed. */
function closingQuote(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (text.charCodeAt(quote - 1 - escapes) === 0x5c) escapes++;
    if (escapes % 2 === 0) return quote;
  }
  return text.length;
}

const MAX_ERRORS = 20; // a body full of such keys must not be answered with megabytes

/**
 * Adds an error for each key that would reach a prototype, anywhere in a parsed body. Called for bodies that are
 * otherwise valid, so that the errors of the model come first.
 */
export function forbiddenKeys(value: unknown, loc: Loc, errors: FieldError[] = []): FieldError[] {
  if (typeof value !== 'object' || value === null || errors.length >= MAX_ERRORS) return errors;
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
