import { modelOf, reachable } from './compile.js';
import type { Type } from './declared.js';
import { ValidationFailed, type FieldError, type Loc } from '../errors/validation-failed.js';
import { Run, type Source } from './run.js';
import { fill, fillFields } from './walk.js';

export type { Source } from './run.js';
export type { Type } from './declared.js';
export { dump } from './dump.js';

/**
 * pydantic's model_validate: the instance that the plain object describes. Throws ValidationFailed with the list of all
 * that is wrong; `loc` begins with the field.
 */
export function validate<T extends object>(model: Type<T>, value: unknown): T {
  const errors: FieldError[] = [];
  const run = new Run([], 'json', errors);
  const instance = fill(modelOf(model), value, run);
  if (instance === undefined) throw new ValidationFailed(errors);
  return instance;
}

/**
 * The same for one part of a request: pushes what is wrong into `errors`, each place beginning with `loc`, and returns
 * undefined then. A body that is absent (undefined) is `missing`.
 */
export function check<T extends object>(
  model: Type<T>,
  value: unknown,
  loc: Loc,
  source: Source,
  errors: FieldError[],
): T | undefined {
  if (value === undefined) {
    errors.push({ type: 'missing', loc: [...loc], msg: 'Field required', input: null });
    return undefined;
  }
  return fill(modelOf(model), value, new Run(loc, source, errors));
}

/**
 * FastAPI's embedded body: each field of the model is a body parameter of its own. One that is absent has input null,
 * and a body that is no object counts as an empty one.
 */
export function checkEmbedded<T extends object>(
  model: Type<T>,
  value: unknown,
  loc: Loc,
  errors: FieldError[],
): T | undefined {
  const values = typeof value === 'object' && value !== null ? value : {};
  return fillFields(modelOf(model), values, null, new Run(loc, 'json', errors));
}

/**
 * Compiles the model and what is nested in it, so that a field that cannot be judged (no type, no bounds, no maximum
 * length) stops the start rather than a request. Throws an Error that names the field.
 */
export function assertModel(model: Type<object>): void {
  for (const type of reachable(model)) modelOf(type);
}
