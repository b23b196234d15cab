import type { Schema, Schemas } from '../schema/json-schema.js';
import { responseSchemas, reachableModels } from '../schema/model-schema.js';
import { serializableSchema } from '../schema/serializable-schema.js';
import { documentedProperties, type Type } from '../validation/model-metadata.js';

// Checks at start that response models can be serialized.

const DECLARE = 'declare the class in a *.dto.ts or *.entity.ts file, or add @ApiProperty to its properties';
const REMEDY =
  'set one type with @ApiProperty({ type }), or { type: "object", additionalProperties: true } for an object with any content';

/**
 * Throws an Error if a response model, or one nested in it, has no declared property or one that cannot be serialized.
 * `known` contains models that were checked before.
 */
export function assertSerializable(model: Type<object>, known: Set<object>): void {
  if (known.has(model)) return;
  const models = reachableModels([model]);
  for (const [name, one] of models) {
    if (documentedProperties(one).size === 0) throw new Error(`${name} has no known properties: ${DECLARE}`);
  }
  const schemas = responseSchemas([model]);
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
    return `is a number in the format ${format}, but numbers are serialized as integers: remove the format, or use a string for fractions`;
  }
  try {
    serializableSchema(schema, Object.fromEntries(Object.keys(schemas).map((name) => [name, NESTED])));
    return undefined;
  } catch {
    return `cannot be serialized as JSON: ${REMEDY}`;
  }
}

/** The placeholder for other models, each of which is checked separately. */
const NESTED: Schema = { type: 'object', properties: {} };

/** Returns the format of a fraction (`float`, `double`): numbers are serialized as integers. */
function fractionIn({ type, format, items }: Schema): string | undefined {
  if (items) return fractionIn(items);
  return [type].flat().includes('integer') && (format === 'float' || format === 'double') ? format : undefined;
}
