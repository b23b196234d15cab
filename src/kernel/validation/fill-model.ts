import type { Type } from './model-metadata.js';
import { maskTexts } from './error-input.js';
import type { Check, Run } from './validation-run.js';
import type { Transform } from './transformations.js';

// Creates an instance of a compiled model from input.

/** A field of a compiled DTO class. */
export interface Field {
  readonly name: string;
  /** Whether it is not optional and has no initializer in the class. */
  readonly required: boolean;
  /** Null is a valid value. */
  readonly nullable: boolean;
  readonly secret: boolean;
  /** Applies `@Transform` before the value is checked. */
  readonly transform: Transform | undefined;
  readonly check: Check;
}

/** A DTO class, compiled to a list of checks. */
export interface CompiledModel<T extends object = object> {
  readonly type: Type<T>;
  readonly fields: readonly Field[];
  /** Whether it or a nested model has a secret. */
  readonly holdsSecrets: boolean;
}

const MAX_LOC = 100; // a cycle passed to validate() must not exhaust the stack

/** Creates an instance of the model. Reports errors and returns undefined if the value is invalid. */
export function validateModel<T extends object>(model: CompiledModel<T>, value: unknown, run: Run): T | undefined {
  if (!isObject(value)) return refuseObject(model, value, run);
  if (run.loc.length > MAX_LOC) return run.refuse('The object is nested too deeply', null);
  return validateFields(model, value, run.source === 'json' ? value : null, run);
}

/** Validates only the fields that are present. In a merge patch, null removes a field. */
export function validatePartial(model: CompiledModel, value: unknown, run: Run): object | undefined {
  if (!isObject(value)) return refuseObject(model, value, run);
  const before = run.failures;
  const part: Record<string, unknown> = {};
  for (const field of model.fields) {
    const given = valueFor(field, value);
    if (given === undefined) continue;
    const isRemoved = given === null && (run.merges || field.nullable);
    part[field.name] = isRemoved ? null : checkField(field, given, run);
  }
  return run.failures === before ? part : undefined;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refuseObject({ holdsSecrets }: CompiledModel, value: unknown, run: Run): undefined {
  const msg = 'Input should be a valid dictionary or object to extract fields from';
  return run.fail('model_attributes_type', msg, holdsSecrets ? maskTexts(value) : value);
}

/** Like validateModel, for a value that is an object. `owner` is the `input` in errors of absent fields. */
export function validateFields<T extends object>(
  model: CompiledModel<T>,
  values: object,
  owner: object | null,
  run: Run,
): T | undefined {
  const before = run.failures;
  const outer = run.object;
  const instance = new model.type();
  run.object = instance;
  for (const field of model.fields) {
    const { name } = field;
    const value = valueFor(field, values);
    if (value === undefined || (value === '' && run.source === 'form')) {
      if (field.required) run.failMissing(name, owner);
    } else {
      (instance as Record<string, unknown>)[name] =
        value === null && field.nullable ? null : checkField(field, value, run);
    }
  }
  run.object = outer;
  return run.failures === before ? instance : undefined;
}

/** Returns the transformed value of a field. Only own properties count: inherited ones were not sent. */
function valueFor({ name, transform }: Field, values: object): unknown {
  const sent: unknown = Object.hasOwn(values, name) ? (values as Record<string, unknown>)[name] : undefined;
  return transform === undefined || sent === undefined ? sent : transform(sent, values);
}

function checkField(field: Field, value: unknown, run: Run): unknown {
  const { hidden } = run;
  run.hidden = hidden || field.secret;
  run.loc.push(field.name);
  const checked = field.check(value, run);
  run.loc.pop();
  run.hidden = hidden;
  return checked;
}
