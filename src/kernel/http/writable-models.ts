import type { Schema, Schemas } from '../schema/json-schema.js';
import { modelSchemas, reachableModels } from '../schema/model-schema.js';
import { serializableSchema } from '../schema/serializable-schema.js';
import { documentedProperties, type Type } from '../validation/declared.js';

const DECLARE = 'declare it in a *.dto.ts or *.entity.ts file, or add @ApiProperty to its properties';
const REMEDY =
  'say one type by @ApiProperty({ type }), or { type: "object", additionalProperties: true } for an object of any content';

/**
 * Throws an Error for a response model, or one nested in it, without any declared property, or with one of which no value
 * can be written as JSON. `known` has the models that are known to be writable.
 */
export function assertWritable(model: Type<object>, known: Set<object>): void {
  if (known.has(model)) return;
  const models = reachableModels([model]);
  for (const [name, one] of models) {
    if (documentedProperties(one).size === 0) throw new Error(`${name} has no property that is known: ${DECLARE}`);
  }
  const schemas = modelSchemas([model], 'response');
  for (const [name, { properties = {} }] of Object.entries(schemas)) {
    for (const [property, schema] of Object.entries(properties)) {
      const mistake = mistakeIn(schema, schemas);
      if (mistake !== undefined) throw new Error(`${name}.${property} ${mistake}`);
    }
  }
  for (const one of models.values()) known.add(one);
}

function mistakeIn(schema: Schema, schemas: Schemas): string | undefined {
  const format = fractionIn(schema);
  if (format !== undefined) {
    return `is a number in the format ${format}, but numbers are written as integers: leave the format out, or give fractions as a string`;
  }
  try {
    serializableSchema(schema, Object.fromEntries(Object.keys(schemas).map((name) => [name, NESTED])));
    return undefined;
  } catch {
    return `cannot be written as JSON: ${REMEDY}`;
  }
}

/** In the place of other models, each of which is looked at by itself. */
const NESTED: Schema = { type: 'object', properties: {} };

/** A fraction whose schema is an integer's contradicts itself. */
function fractionIn({ type, format, items }: Schema): string | undefined {
  if (items) return fractionIn(items);
  return [type].flat().includes('integer') && (format === 'float' || format === 'double') ? format : undefined;
}
