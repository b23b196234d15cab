import type { Ajv, ErrorObject } from 'ajv';
import type { default as Build, Schema as Draft7 } from 'fast-json-stringify';
import { createRequire } from 'node:module';
import type { Schema, Schemas } from './json-schema.js';
import { ResponseModelError } from './response-model-error.js';
import { definitionOf, serializableSchema } from './serializable-schema.js';

/**
 * Compiles a function that serializes values of a schema as JSON. ajv validates the value first, since
 * fast-json-stringify alone converts a wrong type instead of refusing it. Properties that the schema does not declare
 * are omitted. The others are written in its order, dates in UTC as ISO 8601. The function throws ResponseModelError
 * for a value of another type and for a missing required property.
 */
export function compileSerializer(schema: Schema, schemas: Schemas): (value: unknown) => string {
  const reduced = serializableSchema(schema, schemas);
  const isValid = checker().compile(reduced);
  const write = (load('fast-json-stringify') as typeof Build)(reduced as Draft7);
  return (value) => {
    if (isValid(value)) return write(value);
    throw responseModelError(isValid.errors![0]!, reduced, value);
  };
}

/** Loads the libraries with the first response, since most commands have none. */
const load = createRequire(import.meta.url);

let ajv: Ajv | undefined;

function checker(): Ajv {
  if (ajv) return ajv;
  const { Ajv: Class, _ } = load('ajv') as typeof import('ajv');
  ajv = new Class({
    meta: false,
    validateSchema: false,
    validateFormats: false,
    messages: false,
    allowUnionTypes: true,
  });
  ajv.addKeyword({
    keyword: 'isDate',
    type: ['string', 'object'],
    code: (context) => {
      const { data, gen } = context;
      const isText = gen.scopeValue('func', { ref: isDateText });
      context.fail(_`${data} instanceof Date ? isNaN(${data}.getTime()) : !${isText}(${data})`);
    },
  });
  ajv.addKeyword({
    keyword: 'hasNoToJson', // fast-json-stringify would write its result, which was not validated
    type: 'object',
    code: (context) => context.fail(_`typeof ${context.data}.toJSON == "function"`),
  });
  // not `required`, since fast-json-stringify writes required properties first
  ajv.addKeyword({ keyword: 'mustHave', type: 'object', macro: (required: string[]) => ({ required }) });
  return ajv;
}

/** Whether it is the text of a date in JSON, as in a value that a cache has stored as JSON. */
function isDateText(value: unknown): boolean {
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  return !Number.isNaN(date.getTime()) && date.toISOString() === value;
}

/**
 * Creates the error. Its message is logged: it has the location and the kind of the mistake, but neither the value nor
 * the key of a dictionary.
 */
function responseModelError({ instancePath, keyword, params }: ErrorObject, root: Schema, value: unknown): Error {
  const path = instancePath.split('/').slice(1).map(unescaped);
  if (keyword === 'required') path.push((params as { missingProperty: string }).missingProperty);
  const { definitions } = root as { definitions: Schemas };
  let [schema, place, found] = [root, '', value];
  for (const key of path) {
    const { items, properties, additionalProperties } = schema;
    place += items ? `[${key}]` : properties ? `.${key}` : '.*';
    schema = definitionOf((items ?? properties?.[key] ?? additionalProperties) as Schema, definitions);
    found = (found as Record<string, unknown>)[key];
  }
  return new ResponseModelError(
    keyword === 'hasNoToJson' ? 'an object without toJSON()' : expected(schema),
    found,
    place,
  );
}

/** Decodes a part of a JSON pointer (RFC 6901). */
const unescaped = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

const NOUNS: Readonly<Record<string, string>> = { integer: 'an integer', array: 'a list', object: 'an object' };

function expected({ type, format, enum: values }: Schema): string {
  if (format === 'date-time') return 'a date';
  const words = values?.filter((value) => value !== null).map((value) => JSON.stringify(value));
  return words ? `one of ${words.join(', ')}` : (NOUNS[String(type)] ?? `a ${String(type)}`);
}
