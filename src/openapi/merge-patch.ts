import { bodyModels, type Contract } from '../kernel/http/contract.js';
import { MERGE_PATCH_MEDIA } from '../kernel/http/check-inputs.js';
import { modelSchemas } from './model-schemas.js';
import type { Schema, Schemas } from '../kernel/schema/json-schema.js';
import type { Media } from './operation.js';

const BY_MERGING = 'As a JSON merge patch (RFC 7396): objects are merged, and null removes a key.';

/** Returns the request body of a PATCH as a merge patch (RFC 7396), in addition to its JSON. */
export function mergePatchBody(contract: Contract): Record<string, Media> {
  if (!contract.acceptsMergePatch) return {};
  const [model] = bodyModels(contract);
  const [own = model!.name] = Object.keys(mergePatchSchemas(contract));
  return { [MERGE_PATCH_MEDIA]: { schema: { $ref: `#/components/schemas/${own}` } } };
}

/**
 * Returns a separate schema if the model contains objects: a merge patch merges them, and null removes their fields.
 */
export function mergePatchSchemas(contract: Contract): Record<string, Schema> {
  if (!contract.acceptsMergePatch) return {};
  const [model] = bodyModels(contract);
  const schemas = modelSchemas([model!], 'request');
  const whole = schemas[model!.name]!;
  const properties = eachOf(whole.properties!, (property) => partOf(property, schemas));
  if (JSON.stringify(properties) === JSON.stringify(whole.properties)) return {};
  const description = [whole.description, BY_MERGING].filter((sentence) => sentence !== undefined).join(' ');
  return { [`${model!.name.replace(/Patch$/, '')}MergePatch`]: { ...whole, description, properties } };
}

/** Makes the fields of an object optional and nullable. Other schemas stay as they are. */
function partOf(schema: Schema, schemas: Schemas): Schema {
  if (schema.$ref !== undefined) return partOf(schemas[schema.$ref.split('/').at(-1)!]!, schemas);
  if (schema.anyOf) return { ...schema, anyOf: schema.anyOf.map((one) => partOf(one, schemas)) };
  const { properties, additionalProperties } = schema;
  if (properties)
    return without('required', { ...schema, properties: eachOf(properties, (one) => nullable(partOf(one, schemas))) });
  if (typeof additionalProperties !== 'object') return schema;
  return { ...schema, additionalProperties: nullable(partOf(additionalProperties, schemas)) };
}

const eachOf = (properties: Schemas, change: (one: Schema) => Schema): Schemas =>
  Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, change(one)]));

/** Adds null to a schema and removes the default, since absent fields keep their value. */
function nullable(given: Schema): Schema {
  const schema = without('default', given);
  if (schema.type === undefined) return { anyOf: [...(schema.anyOf ?? [schema]), { type: 'null' }] };
  const type = [...new Set([schema.type, 'null'].flat())];
  return { ...schema, type, ...(schema.enum ? { enum: [...schema.enum, null] } : {}) };
}

const without = (name: string, schema: Schema): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== name));
