import { MAX_ID } from '../database/ids.js';
import { argument, declaredFields, has, type Rule, type Type } from '../validation/declared.js';
import { MAY_BE_ABSENT, DATE_TIME, JSON_OBJECT, STRING_MAP, type StringMapOptions } from '../validation/fields.js';
import { isSecret } from '../validation/secret.js';
import type { Schema } from './serializer.js';

type Mutable = Record<string, unknown>;

/** Adds to a model's schema what its validation rules say, and what is true of every field of its kind. */
export function completeSchema(model: Type<object>, schema: Schema, isInput: boolean): Schema {
  const rules = new Map(declaredFields(model).map((field) => [field.name, field.rules]));
  const defaults: object = new model();
  const properties: Record<string, Schema> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    properties[name] = completeProperty(name, property, rules.get(name) ?? [], model);
  }
  const mayBeAbsent = (name: string) =>
    isInput && (Reflect.get(defaults, name) !== undefined || isOptional(rules.get(name) ?? []));
  const required = Object.keys(properties).filter((name) => schema.required?.includes(name) && !mayBeAbsent(name));
  const { required: _given, ...rest } = schema;
  return { ...rest, properties, ...(required.length > 0 ? { required } : {}) };
}

/** The same as a form: it knows no null, and an empty field counts as missing. */
export function asForm(schema: Schema): Schema {
  const properties = Object.entries(schema.properties!).map(([name, property]) => {
    const type = [property.type].flat().find((one) => one !== 'null');
    const { pattern } = property as { pattern?: string };
    const isRequired = schema.required?.includes(name) ?? false;
    const empty = isRequired ? { minLength: 1 } : pattern === undefined ? {} : { pattern: `^$|${pattern}` };
    return [name, { ...property, type, ...empty }] as const;
  });
  return { ...schema, properties: Object.fromEntries(properties) as Record<string, Schema> };
}

/** Whether a field may be left out by its rules. */
export function isOptional(rules: readonly Rule[]): boolean {
  return has(rules, 'isOptional') || has(rules, MAY_BE_ABSENT);
}

/**
 * PostgreSQL cannot store U+0000. Patterns are for every client: `\x00` is known to ECMAScript without flags, RE2 and Python,
 * `\u0000` and `\p{…}` are not; what only those could say, like an upper-case letter, stands in the words beside it.
 */
const STORABLE = '^[^\\x00]*$';

/** The same for one property or parameter. */
export function completeProperty(
  name: string,
  schema: Schema,
  given: readonly Rule[],
  model: Type<object> | undefined,
): Schema {
  const rules = given.filter(({ each }) => !each);
  const added: Mutable = { ...schema, ...boundsOf(rules), ...itemsOf(schema, given) };
  if (has(rules, STRING_MAP)) {
    const { maxKeys, maxLength } = argument(rules, STRING_MAP) as StringMapOptions;
    Object.assign(added, {
      type: 'object',
      additionalProperties: { type: 'string', maxLength, pattern: STORABLE },
      propertyNames: { maxLength, pattern: STORABLE },
      maxProperties: maxKeys,
    });
  }
  if (has(rules, JSON_OBJECT)) Object.assign(added, { type: 'object', additionalProperties: true });
  if (has(rules, DATE_TIME))
    Object.assign(added, { type: added['type'] ?? 'string', format: 'date-time', maxLength: 64 });
  if (has(rules, 'isString') && !('pattern' in added) && [schema.type].flat().includes('string')) {
    added['pattern'] = STORABLE;
  }
  if (has(rules, 'isEmail')) Object.assign(added, { format: 'idn-email', maxLength: 254 }); // RFC 6531: not only ASCII
  if (has(rules, 'isUuid')) Object.assign(added, { format: 'uuid', maxLength: 36 });
  if (model && isSecret(model, name)) added['format'] = 'password';
  if (schema.format === 'date-time' && !('examples' in schema)) added['examples'] = ['2026-01-31T09:30:00.000Z'];
  const isId = /(^|_)id$/.test(name) && [schema.type].flat().includes('integer');
  if (isId) {
    const maximum = Number(added['maximum'] ?? MAX_ID);
    Object.assign(added, { format: maximum > MAX_ID ? 'int64' : 'int32', minimum: 1, maximum });
  }
  return added;
}

/** class-validator's rules in JSON Schema's words. */
const KEYWORDS: Readonly<Record<string, string>> = {
  min: 'minimum',
  max: 'maximum',
  minLength: 'minLength',
  maxLength: 'maxLength',
  arrayMinSize: 'minItems',
  arrayMaxSize: 'maxItems',
};

function boundsOf(rules: readonly Rule[]): Mutable {
  const bounds: Mutable = {};
  for (const { name, constraints } of rules) {
    const keyword = KEYWORDS[name ?? ''];
    const [value] = (constraints ?? []) as unknown[];
    if (keyword !== undefined) bounds[keyword] = value;
    if (name === 'matches' && value instanceof RegExp) bounds['pattern'] = value.source;
  }
  return bounds;
}

/** What a list's type says of its elements, and what the rules for each of them add. */
function itemsOf({ items = {} }: Schema, rules: readonly Rule[]): { items?: Schema } {
  const own = rules
    .filter(({ each }) => each)
    .map((rule): Rule => Object.assign(Object.create(rule) as Rule, { each: false }));
  if (own.length === 0) return {};
  const isText = (items.type ?? 'string') === 'string' && !items.$ref && !items.anyOf && !items.enum;
  const plain = isText ? { type: 'string', pattern: STORABLE, ...items } : items;
  return { items: completeProperty('', plain, own, undefined) };
}
