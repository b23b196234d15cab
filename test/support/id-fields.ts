import type { Schema } from './operations.js';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Returns whether a field can have this id as its value. A field may only have the name of an id: `order_id: 'A-17'`. */
export function canBeId(schema: Schema, id: unknown): boolean {
  if (schema.anyOf) return schema.anyOf.some((one) => canBeId(one, id));
  if (typeof id === 'number') return [schema.type].flat().includes('integer');
  return !UUID.test(String(id)) || schema.format === 'uuid';
}
