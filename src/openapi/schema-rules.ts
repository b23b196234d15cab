import { MAX_ID } from '../kernel/database/ids.js';
import type { Schema } from '../kernel/schema/json-schema.js';
import { DATE_ONLY, DATE_TIME, MAY_BE_ABSENT, STRING_MAP, type StringMapOptions } from '../kernel/validation/fields.js';
import { ruleArgument, hasRule, type Rule, type Type } from '../kernel/validation/model-metadata.js';
import { isSecret } from '../kernel/validation/secret.js';
import { isText } from '../kernel/validation/field-types.js';

// The rules of class-validator's decorators as keywords of JSON Schema.

type Mutable = Record<string, unknown>;

/** Returns the schema of a model that is sent as a form: forms have no null, and an empty field counts as missing. */
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

/** Whether the rules of a field allow it to be absent. */
export function isOptional(rules: readonly Rule[]): boolean {
  return hasRule(rules, 'isOptional') || hasRule(rules, MAY_BE_ABSENT);
}

/**
 * Excludes U+0000, which PostgreSQL cannot store. Patterns must work for every client: ECMAScript without flags, RE2
 * and Python support `\x00`, but not `\u0000` or `\p{…}`. Rules that would need those, such as "an upper-case letter",
 * are in the description.
 */
const STORABLE = '^[^\\x00]*$';

/** Adds the rules of one property or parameter to its schema. */
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
  if (hasRule(rules, STRING_MAP)) {
    const { maxKeys, maxLength } = ruleArgument(rules, STRING_MAP) as StringMapOptions;
    Object.assign(added, {
      type: 'object',
      additionalProperties: { type: 'string', maxLength, pattern: STORABLE },
      propertyNames: { maxLength, pattern: STORABLE },
      maxProperties: maxKeys,
    });
  }
  if (hasRule(rules, DATE_TIME) || hasRule(rules, 'isDate'))
    Object.assign(added, { type: added['type'] ?? 'string', format: 'date-time', maxLength: 64 });
  if (hasRule(rules, DATE_ONLY)) added['format'] = 'date';
  const isFree = hasRule(rules, 'isString') || (!hasRule(rules, 'isEmail') && isText(rules, model, name));
  if (isFree && !('pattern' in added) && [schema.type].flat().includes('string')) {
    added['pattern'] = STORABLE;
  }
  if (hasRule(rules, 'isEmail')) Object.assign(added, { format: 'idn-email', maxLength: 254 }); // RFC 6531: not only ASCII
  if (hasRule(rules, 'isUuid')) Object.assign(added, { format: 'uuid', maxLength: 36 });
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
    const [value, longest] = (constraints ?? []) as unknown[];
    if (keyword !== undefined) bounds[keyword] = value;
    if (name === 'isLength') Object.assign(bounds, { minLength: value, maxLength: longest });
    if (name === 'matches' && value instanceof RegExp) bounds['pattern'] = value.source;
  }
  return bounds;
}

/** Returns the schema of a list's elements, with the rules for each of them (`each: true`). */
function itemsOf({ items = {} }: Schema, rules: readonly Rule[]): Schema {
  const isText = (items.type ?? 'string') === 'string' && !items.$ref && !items.anyOf && !items.enum;
  const plain = isText ? { type: 'string', pattern: STORABLE, ...items } : items;
  return completeValue('', plain, rules, undefined);
}
