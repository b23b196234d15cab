import { modelSchemas, reachableModels } from '../schema/model-schema.js';
import { compileSerializer, type Schema } from '../schema/serializer.js';
import type { Type } from '../validation/validate.js';

const REMEDY =
  'say one type by @ApiProperty({ type }), or { type: "object", additionalProperties: true } for an object of any content';

/** Throws an Error for a response model that no value can be written by. `known` has those that are seen to be well. */
export function assertWritable(model: Type<object>, known: Set<object>): void {
  if (known.has(model)) return;
  const schemas = modelSchemas([model], 'given');
  for (const [name, schema] of Object.entries(schemas)) {
    for (const [property, one] of Object.entries(schema.properties ?? {})) {
      const format = fractionIn(one);
      if (format !== undefined) {
        throw new Error(
          `answers ${name}.${property}, a number in the format ${format}, but numbers are written as integers: leave the format out, or give fractions as a string`,
        );
      }
    }
  }
  if (!canWrite({ $ref: `#/components/schemas/${model.name}` }, schemas)) {
    throw new Error(`answers ${placeIn(schemas) ?? model.name}, which cannot be written as JSON: ${REMEDY}`);
  }
  for (const one of reachableModels([model]).values()) known.add(one);
}

/** A fraction whose schema is an integer's contradicts itself. */
function fractionIn({ type, format, items }: Schema): string | undefined {
  if (items) return fractionIn(items);
  return [type].flat().includes('integer') && (format === 'float' || format === 'double') ? format : undefined;
}

function placeIn(schemas: Readonly<Record<string, Schema>>): string | undefined {
  for (const [name, { properties = {} }] of Object.entries(schemas)) {
    const bad = Object.entries(properties).find(([, one]) => !isReference(one) && !canWrite(one, schemas));
    if (bad) return `${name}.${bad[0]}`;
  }
  return undefined;
}

/** To another model, which is looked at by itself. */
function isReference({ $ref, items, anyOf }: Schema): boolean {
  return [$ref, items?.$ref, ...(anyOf ?? []).map((one) => one.$ref)].some((one) => one !== undefined);
}

function canWrite(schema: Schema, schemas: Readonly<Record<string, Schema>>): boolean {
  try {
    compileSerializer(schema, schemas);
    return true;
  } catch {
    return false;
  }
}
