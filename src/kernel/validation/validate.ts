import { compiledModel, reachable } from './compile-model.js';
import type { Type } from './model-metadata.js';
import { missingError, ValidationFailed, type FieldError, type Loc } from '../errors/validation-failed.js';
import { Run, type Source } from './validation-run.js';
import { validateModel, validateFields } from './fill-model.js';

/**
 * Creates an instance of the model from a plain object, like pydantic's model_validate. Throws ValidationFailed with
 * all errors; `loc` begins with the field.
 */
export function validate<T extends object>(model: Type<T>, value: unknown): T {
  const errors: FieldError[] = [];
  const run = new Run([], 'json', errors);
  const instance = validateModel(compiledModel(model), value, run);
  if (instance === undefined) throw new ValidationFailed(errors);
  return instance;
}

/**
 * Validates one part of a request. Adds its errors to `errors`, with `loc` in front, and returns undefined if there are
 * any. An absent body (undefined) is `missing`.
 */
export function check<T extends object>(
  model: Type<T>,
  value: unknown,
  loc: Loc,
  source: Source,
  errors: FieldError[],
): T | undefined {
  if (value === undefined) return void errors.push(missingError([...loc]));
  return validateModel(compiledModel(model), value, new Run(loc, source, errors));
}

/**
 * Validates FastAPI's embedded body: each field of the model is a body parameter. The error for an absent one has input
 * null, and a body that is not an object counts as empty.
 */
export function checkEmbedded<T extends object>(
  model: Type<T>,
  value: unknown,
  loc: Loc,
  errors: FieldError[],
): T | undefined {
  const values = typeof value === 'object' && value !== null ? value : {};
  return validateFields(compiledModel(model), values, null, new Run(loc, 'json', errors));
}

/**
 * Compiles the model and its nested models, so that a field that cannot be validated (no type, no bounds, no maximum
 * length) fails the start instead of a request. Throws an Error that names the field.
 */
export function assertModel(model: Type<object>): void {
  for (const type of reachable(model)) compiledModel(type);
}
