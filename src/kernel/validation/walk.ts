import type { Type } from './declared.js';
import { withoutTexts } from './echo.js';
import type { Check, Run } from './run.js';
import type { Transform } from './transformations.js';

export interface Field {
  readonly name: string;
  /** It has no initializer in the class and is not optional. */
  readonly required: boolean;
  /** Null is a valid value. */
  readonly nullable: boolean;
  readonly secret: boolean;
  /** Applies `@Transform` before the value is checked. */
  readonly transform: Transform | undefined;
  readonly check: Check;
}

export interface Model<T extends object = object> {
  readonly type: Type<T>;
  readonly fields: readonly Field[];
  /** In its own fields or in nested models. */
  readonly holdsSecrets: boolean;
}

const MAX_LOC = 100; // a cycle passed to validate() must not exhaust the stack

/** An instance of the model, or undefined after reporting errors. */
export function fill<T extends object>(model: Model<T>, value: unknown, run: Run): T | undefined {
  if (!isObject(value)) return refuseObject(model, value, run);
  if (run.loc.length > MAX_LOC) return run.refuse('The object is nested too deeply', null);
  return fillFields(model, value, run.source === 'json' ? value : null, run);
}

/** Checks only the fields that are present. Where objects are merged, null removes a field. */
export function fillPart(model: Model, value: unknown, run: Run): object | undefined {
  if (!isObject(value)) return refuseObject(model, value, run);
  const before = run.failures;
  const part: Record<string, unknown> = {};
  for (const field of model.fields) {
    const given = sentFor(field, value);
    if (given === undefined) continue;
    const isRemoved = given === null && (run.merges || field.nullable);
    part[field.name] = isRemoved ? null : checkField(field, given, run);
  }
  return run.failures === before ? part : undefined;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refuseObject({ holdsSecrets }: Model, value: unknown, run: Run): undefined {
  const msg = 'Input should be a valid dictionary or object to extract fields from';
  return run.fail('model_attributes_type', msg, holdsSecrets ? withoutTexts(value) : value);
}

/** The same for the fields of `values`. `owner` is the input that the error of an absent field shows. */
export function fillFields<T extends object>(
  model: Model<T>,
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
    const value = sentFor(field, values);
    if (value === undefined || (value === '' && run.source === 'form')) {
      if (field.required) run.missing(name, owner);
    } else {
      (instance as Record<string, unknown>)[name] =
        value === null && field.nullable ? null : checkField(field, value, run);
    }
  }
  run.object = outer;
  return run.failures === before ? instance : undefined;
}

/** What was sent for the field, transformed. Own properties only: what an object inherits was not sent. */
function sentFor({ name, transform }: Field, values: object): unknown {
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
