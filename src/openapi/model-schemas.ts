import { DECORATORS } from '@nestjs/swagger';
import type { Schema } from '../kernel/schema/json-schema.js';
import { modelSchema, reachableModels } from '../kernel/schema/model-schema.js';
import { declaredFields, type Type } from '../kernel/validation/model-metadata.js';
import type { Direction } from '../kernel/validation/transformations.js';
import { withBounds } from './bounds.js';
import { completeProperty, isOptional } from './schema-rules.js';

/**
 * Builds the schemas of DTO classes and of the classes nested in them, by name: as requests or as responses have them,
 * with the rules of their fields.
 */
export function modelSchemas(models: Iterable<Type<object>>, direction: Direction): Record<string, Schema> {
  const schemas = [...reachableModels(models)].map(
    ([name, model]) => [name, completeSchema(model, direction)] as const,
  );
  return Object.fromEntries(schemas);
}

function completeSchema(model: Type<object>, direction: Direction): Schema {
  const { required: declared = [], properties: plain = {}, ...schema } = modelSchema(model, direction);
  const rules = new Map(declaredFields(model).map((field) => [field.name, field.rules]));
  const defaults: object = new model();
  const properties = Object.entries(plain).map(([name, property]) => {
    const own = withoutElementRules(property);
    return [name, withExample(completeProperty(name, own, rules.get(name) ?? [], model))] as const;
  });
  const mayBeAbsent = (name: string) =>
    direction === 'request' && (Reflect.get(defaults, name) !== undefined || isOptional(rules.get(name) ?? []));
  const required = declared.filter((name) => !mayBeAbsent(name));
  return withBounds({
    ...schemaMetadata(model),
    ...schema,
    properties: Object.fromEntries(properties),
    ...(Reflect.getMetadata(DECORATORS.API_EXTENSION, model) as object | undefined),
    ...(required.length > 0 ? { required } : {}),
  });
}

/** Returns the metadata of `@ApiSchema` on the class itself. Nothing is inherited, as in Nest's generator. */
export function schemaMetadata(model: Type<object>): Pick<Schema, 'description'> {
  const said = (Reflect.getOwnMetadata(DECORATORS.API_SCHEMA, model) ?? []) as Pick<Schema, 'description'>[];
  const description = said.at(-1)?.description; // the first ones are those of its base classes
  return description === undefined ? {} : { description };
}

const ELEMENT_RULES = new Set(['minLength', 'maxLength', 'pattern', 'minimum', 'maximum']);

/** Removes rules from the schema of a list that apply to its elements and not to the list itself. */
function withoutElementRules(schema: Schema): Schema {
  if (![schema.type].flat().includes('array')) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !ELEMENT_RULES.has(keyword)));
}

/** Examples for fields of forms that have none of their own. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  date: '2026-01-31',
  'idn-email': 'grace@example.com',
  uuid: '0b9e7c52-4a61-4d0c-8a57-3f2b1c9d8e70',
  int32: 1,
};

function withExample(schema: Schema): Schema {
  const { format = '' } = schema;
  const more = format in EXAMPLES && !('examples' in schema) ? { examples: [EXAMPLES[format]] } : {};
  return { ...schema, ...more };
}
