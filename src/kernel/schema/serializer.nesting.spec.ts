import type { Schema, Schemas } from './json-schema.js';
import { ResponseModelError } from './response-model-error.js';
import { compileSerializer } from './serializer.js';

const string = { type: 'string' };
const integer = { type: 'integer' };

function object(properties: Record<string, Schema>, required = Object.keys(properties)): Schema {
  return { type: 'object', properties, required };
}

const compiled = new Map<Schema, (value: unknown) => string>();

function write(schema: Schema, value: unknown, schemas: Schemas = {}): string {
  const serialize = compiled.get(schema) ?? compileSerializer(schema, schemas);
  compiled.set(schema, serialize);
  return serialize(value);
}

describe('null', () => {
  const address = object({ street: string });
  const nullable = object({
    text: { type: ['string', 'null'] },
    model: { anyOf: [{ $ref: '#/components/schemas/Address' }, { type: 'null' }] },
  });

  it('is serialized if the schema allows it', () => {
    expect(write(nullable, { text: null, model: null }, { Address: address })).toBe('{"text":null,"model":null}');
    expect(write(nullable, { text: 'a', model: { street: 's', x: 1 } }, { Address: address })).toBe(
      '{"text":"a","model":{"street":"s"}}',
    );
  });

  it('must be explicit: an absent property is refused', () => {
    expect(() => write(nullable, { model: null }, { Address: address })).toThrow(ResponseModelError);
    expect(() => write(nullable, { text: null }, { Address: address })).toThrow(ResponseModelError);
  });

  it('is refused if the schema does not allow it, even for an optional property', () => {
    expect(() => write(object({ a: string }, []), { a: null })).toThrow(
      'The response.a should be a string, but is null',
    );
    expect(() => write({ $ref: '#/components/schemas/Address' }, null, { Address: address })).toThrow(
      ResponseModelError,
    );
  });
});

describe('lists and dictionaries', () => {
  const list = { type: 'array', items: { type: 'string' } };
  const dictionary = { type: 'object', additionalProperties: { type: 'string' } };

  it('may have any number of values', () => {
    expect([write(list, []), write(list, ['a']), write(list, ['a', 'b'])]).toEqual(['[]', '["a"]', '["a","b"]']);
    expect(write(dictionary, {})).toBe('{}');
  });

  it('keep special keys and the order of keys', () => {
    const given = Object.fromEntries([
      ['b', '1'],
      ['a"\n', '2'],
      ['\ud800', '3'],
      ['constructor', '4'],
    ]);
    expect(write(dictionary, given)).toBe(JSON.stringify(given));
    expect(write(dictionary, JSON.parse('{"__proto__": "own"}'))).toBe('{"__proto__":"own"}');
  });

  it('refuse values of another type', () => {
    expect(() => write(list, ['a', 1])).toThrow('The response[1] should be a string, but is number');
    expect(() => write(list, Array(2))).toThrow(ResponseModelError);
    expect(() => write(list, 'ab')).toThrow('should be a list');
    expect(() => write(list, { length: 0 })).toThrow('should be a list');
    expect(() => write(dictionary, { a: { b: 'c' } })).toThrow('The response.* should be a string, but is object');
    expect(() => write(dictionary, { 'a/~b': 1 })).toThrow('The response.* should be a string, but is number');
    expect(() => write(dictionary, ['a'])).toThrow('should be an object');
    expect(() => write(dictionary, null)).toThrow('should be an object, but is null');
  });
});

describe('a schema', () => {
  it('may refer to itself', () => {
    const schemas = {
      Tree: object({ name: string, sub: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } }),
    };
    const tree = { name: 'a', sub: [{ name: 'b', sub: [], secret: 1 }], secret: 1 };
    expect(write({ $ref: '#/components/schemas/Tree' }, tree, schemas)).toBe(
      '{"name":"a","sub":[{"name":"b","sub":[]}]}',
    );
  });

  it.each<[string, Schema]>([
    ['no type', {}],
    ['two types', { type: ['string', 'integer'] }],
    ['an unknown type', { type: 'file' }],
    ['an unknown reference', { $ref: '#/components/schemas/Nobody' }],
    ['a union', { anyOf: [string, integer] }],
    ['a list without an item type', { type: 'array' }],
    ['an object without properties', { type: 'object' }],
  ])('that is ambiguous or incomplete cannot be compiled: %s', (_, schema) => {
    expect(() => compileSerializer(schema, {})).toThrow(Error);
  });
});
