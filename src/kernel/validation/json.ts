import { AppError } from '../errors/app-error.js';
import { ValidationFailed, valueError, type FieldError, type Loc } from '../errors/validation-failed.js';
import { shapeProblem } from './json-limits.js';
import { noteKeyOrder } from './key-order.js';
import { syntaxProblem } from './json-syntax.js';
import { MASK } from './secret.js';

// Parses JSON bodies.

const utf8 = new TextDecoder('utf-8', { fatal: true }); // skips a byte order mark

/**
 * Parses a request body; an empty one is undefined. Throws AppError 400 for bytes that are not UTF-8, and
 * ValidationFailed: `json_invalid` at `["body", position]`, or `value_error` at `["body"]` for a body that is too deep
 * or has too many keys or items.
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  const text = decode(bytes);
  const problem = shapeProblem(text);
  if (problem !== undefined) throw new ValidationFailed([valueError(['body'], problem, {})]);
  const value = parse(text);
  noteKeyOrder(text, value);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new AppError('There was an error parsing the body');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { position, error } = syntaxProblem(text);
    const loc = ['body', position];
    throw new ValidationFailed([{ type: 'json_invalid', loc, msg: 'JSON decode error', input: {}, ctx: { error } }]);
  }
}

/** Numbers that JavaScript may write differently: long ones, fractions, powers, negative zero. */
const MAY_BE_INEXACT = /\d{16}|\d[.eE]|-0/;

/**
 * Makes the `input` of errors below `loc` show numbers exactly as sent. JavaScript cannot represent some (2^70, 1e400)
 * and writes others differently (1.0), so they are replaced by raw JSON. Masked secrets stay masked. `bytes` have
 * passed parseJson.
 */
export function exactInputs(bytes: Uint8Array, errors: FieldError[], loc: Loc): void {
  const text = decode(bytes);
  if (!MAY_BE_INEXACT.test(text)) return;
  const body: unknown = JSON.parse(text, exactNumber);
  for (const error of errors) {
    if (error.input === null && error.type === 'missing') continue;
    if (!loc.every((place, depth) => error.loc[depth] === place)) continue;
    const path = error.loc.slice(loc.length, error.type === 'missing' ? -1 : undefined);
    error.input = exact(error.input, valueAt(body, path));
  }
}

function exactNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return String(value) === context.source ? value : JSON.rawJSON(context.source);
}

function valueAt(body: unknown, path: Loc): unknown {
  return path.reduce((value: unknown, place) => ownProperty(value, place), body);
}

function ownProperty(value: unknown, place: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, place)) return undefined;
  return (value as Record<string | number, unknown>)[place];
}

function exact(shown: unknown, sent: unknown): unknown {
  if (JSON.isRawJSON(sent)) return shown === MASK ? shown : sent;
  if (typeof shown !== 'object' || shown === null) return shown;
  if (Array.isArray(shown)) return shown.map((item: unknown, position) => exact(item, ownProperty(sent, position)));
  return Object.fromEntries(Object.entries(shown).map(([key, item]) => [key, exact(item, ownProperty(sent, key))]));
}
