import { BODY_LIMIT_BYTES } from '../kernel/http/read-body.js';
import type { Schema } from '../kernel/schema/json-schema.js';

/**
 * Adds default bounds to a schema where its model declares none: a text is not longer than a request can be, an integer
 * is between 0 and the largest safe integer, and every list has a maximum length.
 */
export function withBounds(schema: Schema): Schema {
  const types = new Set([schema.type].flat());
  const bounded: Mutable = { ...schema };
  if (types.has('integer')) Object.assign(bounded, boundsOfInteger(bounded));
  if (types.has('string') && !schema.enum && !('const' in schema)) {
    bounded['maxLength'] ??= schema.format === 'date-time' ? DATE_TIME_LENGTH : BODY_LIMIT_BYTES;
  }
  if (types.has('array')) bounded['maxItems'] ??= MAX_ITEMS;
  if (schema.items) bounded['items'] = withBounds(schema.items);
  if (schema.anyOf) bounded['anyOf'] = schema.anyOf.map(withBounds);
  if (schema.properties) {
    const properties = Object.entries(schema.properties);
    bounded['properties'] = Object.fromEntries(properties.map(([name, property]) => [name, withBounds(property)]));
  }
  return bounded;
}

type Mutable = Record<string, unknown>;

/**
 * The default maximum length of lists. Pages have up to 100 rows. The longest list of a request has 5,000 entries, and
 * each can have errors.
 */
export const MAX_ITEMS = 10_000;

const MAX_INT32 = 2_147_483_647;

/** `2026-01-31T09:30:00.000Z` */
const DATE_TIME_LENGTH = 24;

function boundsOfInteger({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER, format }: Mutable): Mutable {
  const isSmall = Number(maximum) <= MAX_INT32 && Number(minimum) >= -MAX_INT32;
  return { format: format ?? (isSmall ? 'int32' : 'int64'), minimum, maximum };
}
