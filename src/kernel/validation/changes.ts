import { ValidationFailed, type FieldError } from '../errors/validation-failed.js';
import { compiledModel } from './compile-model.js';
import type { Type } from './model-metadata.js';
import { Run } from './validation-run.js';
import { validateModel, validatePartial } from './fill-model.js';

// The body of a PATCH: which fields it changes, and merge patches (RFC 7396).

const mergePatches = new WeakSet<object>();

/** Whether a validated body was sent as a merge patch, whose objects are merged into those of the row. */
export const isMergePatch = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && mergePatches.has(value);

/**
 * Validates a merge patch (RFC 7396): within its objects, null removes a field. Adds to `errors`, and returns undefined
 * then.
 */
export function checkMergePatch<T extends object>(model: Type<T>, value: unknown, errors: FieldError[]): T | undefined {
  const run = new Run(['body'], 'json', errors);
  run.merges = true;
  const patch = validateModel(compiledModel(model), value, run);
  if (patch) mergePatches.add(patch);
  return patch;
}

/**
 * Returns the fields that a PATCH changes. Absent fields stay as they are, null clears a field. The DTO declares which
 * fields may be null. The objects of a merge patch (RFC 7396) are merged into those of the row. Throws ValidationFailed
 * if the DTO does not allow a merged object.
 */
export function changesOf<T extends object>(patch: T, current: object): Partial<T> {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const changes = Object.fromEntries(given) as Partial<T>;
  return isMergePatch(patch) ? mergedInto(current, changes, patch.constructor as Type<T>) : changes;
}

/**
 * Merges the objects of these changes into those of the row. Throws ValidationFailed if the result does not match the
 * model.
 */
function mergedInto<T extends object>(current: object, changes: Partial<T>, model: Type<T>): Partial<T> {
  const objects = Object.entries(changes).filter(([, value]) => isPlain(value));
  const whole = objects.map(([name, value]) => [name, merge(Reflect.get(current, name), value)] as const);
  const errors: FieldError[] = [];
  const checked = validatePartial(compiledModel(model), Object.fromEntries(whole), new Run(['body'], 'json', errors));
  if (errors.length > 0) throw new ValidationFailed(errors);
  return { ...changes, ...checked };
}

/** Merges by the algorithm of RFC 7396 §2. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isPlain(patch)) return patch;
  const merged = Object.assign(Object.create(null), isPlain(target) ? target : {}) as Record<string, unknown>;
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = merge(merged[name], value);
  }
  return merged;
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
