import type { Type } from '../validation/model-metadata.js';
import { refTo } from './json-schema.js';
import { responseSchemas } from './model-schema.js';
import { compileSerializer } from './serializer.js';

/**
 * Returns a function that serializes the result of a route as JSON. Only fields of the declared model are written. The
 * function is compiled at its first use. It throws ResponseModelError.
 */
export function responseSerializer(model: Type<object> | undefined, isArray: boolean): (body: unknown) => string {
  let compiled: ((body: unknown) => string) | undefined;
  return (body) => {
    if (model === undefined) throw new Error('The route has no response model');
    compiled ??= compile(model, isArray);
    return compiled(body);
  };
}

function compile(model: Type<object>, isArray: boolean): (body: unknown) => string {
  const one = { $ref: refTo(model.name) };
  return compileSerializer(isArray ? { type: 'array', items: one } : one, responseSchemas([model]));
}
