import { MAX_ID } from '../database/ids.js';
import { argument, declaredFields, has, type Rule, type Type } from '../validation/declared.js';
import { MAY_BE_ABSENT, DATE_TIME, STRING_MAP, type StringMapOptions } from '../validation/fields.js';
import { isSecret } from '../validation/secret.js';
import { isText } from '../validation/text-rules.js';
import type { Schema } from './json-schema.js';

type Mutable = Record<string, unknown>;

/** Adds to a model's schema what its class-validator decorators say, and what holds for every field of its kind. */
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
  const { required: _declared, ...rest } = schema;
  return { ...rest, properties, ...(required.length > 0 ? { required } : {}) };
}

/** The schema of a model that is sent as a form: a form has no null, and an empty field counts as missing. */
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

/** Whether its rules allow a field to be absent. */
export function isOptional(rules: readonly Rule[]): boolean {
  return has(rules, 'isOptional') || has(rules, MAY_BE_ABSENT);
}

/**
 * PostgreSQL cannot store U+0000. Patterns must work for every client: ECMAScript without flags, RE2 and Python know `\x00`,
 * but not `\u0000` or `\p{…}`. What only those can say, such as "an upper-case letter", is in the description.
 */
const STORABLE = '^[^\\x00]*$';

/** Adds the same to the schema of one property or parameter. */
export function completeProperty(
  name: string,
  schema: Schema,
  allRules: readonly Rule[],
  model: Type<object> | undefined,
): Schema {
  const ofItems = allRules.filter(({ each }) => each);
  const rules = allRules.filter(({ each }) => !each);
  const completed = completeValue(name, schema, rules, model);
  return ofItems.length === 0 ? completed : { ...completed, items: itemsOf(schema, ofItems) };
}

function completeValue(name: string, schema: Schema, rules: readonly Rule[], model: Type<object> | undefined): Schema {
  const added: Mutable = { ...schema, ...boundsOf(rules) };
  if (has(rules, STRING_MAP)) {
    const { maxKeys, maxLength } = argument(rules, STRING_MAP) as StringMapOptions;
    Object.assign(added, {
      type: 'object',
      additionalProperties: { type: 'string', maxLength, pattern: STORABLE },
      propertyNames: { maxLength, pattern: STORABLE },
      maxProperties: maxKeys,
    });
  }
  if (has(rules, DATE_TIME) || has(rules, 'isDate'))
    Object.assign(added, { type: added['type'] ?? 'string', format: 'date-time', maxLength: 64 });
  const isFree = has(rules, 'isString') || (!has(rules, 'isEmail') && isText(rules, model, name));
  if (isFree && !('pattern' in added) && [schema.type].flat().includes('string')) {
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

/** class-validator's rules as JSON Schema keywords. */
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

/** The schema of a list's elements, with what the rules for each of them (`each: true`) say. */
function itemsOf({ items = {} }: Schema, rules: readonly Rule[]): Schema {
  const isText = (items.type ?? 'string') === 'string' && !items.$ref && !items.anyOf && !items.enum;
  const plain = isText ? { type: 'string', pattern: STORABLE, ...items } : items;
  return completeValue('', plain, rules, undefined);
}
