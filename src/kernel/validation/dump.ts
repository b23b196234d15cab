import { declaredFields, type Type } from './model-metadata.js';

export interface DumpOptions {
  /** Also omits fields that are null, at any depth. */
  excludeNone?: boolean;
}

/**
 * Converts an instance to a plain object, like pydantic's model_dump: the declared fields in declared order, base class
 * first. Nested models and dictionaries are converted, too; dates stay dates. Undefined fields are omitted, so that a
 * PATCH can distinguish them from an explicit null.
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

/** The copy has no prototype, since the keys of a dictionary are data. */
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
