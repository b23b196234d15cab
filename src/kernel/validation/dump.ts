import { declaredFields, type Type } from './declared.js';

export interface DumpOptions {
  /** Leaves out fields that are null, too, also in nested models. */
  excludeNone?: boolean;
}

/**
 * pydantic's model_dump: a plain object with the declared fields, in declared order, base class first. Nested models
 * become plain objects as well, dictionaries copies, dates stay dates. A field that is undefined (it was not sent and
 * has no initializer) is always left out, so that a PATCH can tell it from an explicit null.
 */
export function dump(instance: object, options: DumpOptions = {}): Record<string, unknown> {
  const excludeNone = options.excludeNone ?? false;
  const result: Record<string, unknown> = {};
  for (const name of namesOf(instance)) {
    const value: unknown = Reflect.get(instance, name);
    if (value === undefined || (excludeNone && value === null)) continue;
    result[name] = plain(value, options);
  }
  return result;
}

function plain(value: unknown, options: DumpOptions): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, options));
  const prototype: unknown = Reflect.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return copyOf(value, options);
  return namesOf(value).length > 0 ? dump(value, options) : value;
}

/** A dictionary's keys are data: none is left out, and none may reach a prototype. */
function copyOf(dictionary: object, options: DumpOptions): object {
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(dictionary)) copy[key] = plain(value, options);
  return copy;
}

const names = new WeakMap<object, readonly string[]>();

function namesOf(instance: object): readonly string[] {
  const type = instance.constructor as Type<object>;
  let known = names.get(type);
  if (known === undefined) names.set(type, (known = declaredFields(type).map(({ name }) => name)));
  return known;
}
