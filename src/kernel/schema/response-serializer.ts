import type { Type } from '../validation/declared.js';
import { refTo } from './json-schema.js';
import { modelSchemas } from './model-schema.js';
import { compileSerializer } from './serializer.js';

/**
 * A function that writes what a route returns as JSON, by its declared model: an allow-list of what the document shows. It is
 * compiled at its first use. Throws ResponseModelError.
 */
export function responseSerializer(model: Type<object> | undefined, many: boolean): (body: unknown) => string {
  let compiled: ((body: unknown) => string) | undefined;
  return (body) => {
    if (model === undefined) throw new Error('There is no model to write a body by');
    compiled ??= compile(model, many);
    return compiled(body);
  };
}

function compile(model: Type<object>, many: boolean): (body: unknown) => string {
  const one = { $ref: refTo(model.name) };
  return compileSerializer(many ? { type: 'array', items: one } : one, modelSchemas([model], 'response'));
}
