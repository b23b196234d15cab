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

describe('an object', () => {
  const user = object({ email: string, id: integer, nick: string }, ['email', 'id']);

  it('is serialized with the properties of its schema, in that order', () => {
    expect(write(user, { password_hash: '$argon2', id: 1, email: 'a@b.c', nick: 'Ann' })).toBe(
      '{"email":"a@b.c","id":1,"nick":"Ann"}',
    );
  });

  it('may lack optional properties', () => {
    expect(write(user, { email: 'a', id: 1 })).toBe('{"email":"a","id":1}');
    expect(write(user, { email: 'a', id: 1, nick: undefined })).toBe('{"email":"a","id":1}');
    expect(write(object({ a: string, b: string }, ['b']), { b: 'x' })).toBe('{"b":"x"}');
    expect(write(object({ a: string }, []), {})).toBe('{}');
  });

  it('keeps the order of its schema if some properties are optional', () => {
    expect(write(object({ a: string, b: string, c: string }, ['c', 'b']), { c: 'z', b: 'y', a: 'x' })).toBe(
      '{"a":"x","b":"y","c":"z"}',
    );
  });

  it('gets no default values for absent properties', () => {
    const withDefault = { ...string, default: 'x', minLength: 5 };
    expect(write(object({ a: withDefault, b: withDefault }, []), { b: 'y' })).toBe('{"b":"y"}');
  });

  it('cannot have toJSON(), since its result would be unchecked', () => {
    const shown = Object.assign(Object.create({ toJSON: () => ({ id: 'hunter2' }) }) as object, { id: 1 });
    const message = 'The response.a should be an object without toJSON(), but is object';
    expect(() => write(object({ a: object({ id: integer }) }), { a: shown })).toThrow(message);
  });

  it('may be an instance of any class, with accessors', () => {
    class Person {
      id = 1;
      get email() {
        return 'a@b.c';
      }
    }
    expect(write(user, new Person())).toBe('{"email":"a@b.c","id":1}');
  });

  it('cannot lack required properties', () => {
    expect(() => write(user, { email: 'a' })).toThrow('The response.id should be an integer, but is undefined');
  });

  it.each([null, undefined, 'text', 1, true, [], [{}], () => 1])('cannot be %p', (value) => {
    expect(() => write(user, value)).toThrow(ResponseModelError);
  });

  it('is refused with the path of the invalid value, at any depth', () => {
    const deep = object({ a: { type: 'array', items: object({ b: object({ c: integer }) }) } });
    expect(() => write(deep, { a: [{ b: { c: 1 } }, { b: { c: '1' } }] })).toThrow(
      'The response.a[1].b.c should be an integer, but is string',
    );
  });

  it('is refused without exposing the invalid value', () => {
    expect(() => write(object({ id: integer }), { id: 'hunter2' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});

describe('a string', () => {
  const AWKWARD = [
    '',
    ' ',
    'plain',
    '"',
    '\\',
    '\\"',
    'a/b',
    '</script>',
    '\b\f\n\r\t',
    'é',
    'Ω≈ç',
    '漢字',
    '😀',
    '\u2028\u2029',
    '\ufeff',
    '\u007f\u0080\u009f',
    '\ud800',
    'a\udc00b',
    '\udc00\ud800',
    '__proto__',
    'x'.repeat(99),
    'x'.repeat(100),
    `${'x'.repeat(120)}"`,
  ];

  it.each(AWKWARD)('is escaped as in JSON.stringify: %j', (value) => {
    expect(write(string, value)).toBe(JSON.stringify(value));
  });

  it('is escaped correctly for all kinds of characters', () => {
    for (let code = 0; code <= 0x2100; code++) {
      const value = `a${String.fromCharCode(code)}b`;
      expect(write(string, value)).toBe(JSON.stringify(value));
    }
    for (let code = 0xd7ff; code <= 0xe000; code += 7) {
      const value = String.fromCharCode(code);
      expect(JSON.parse(write(string, value))).toBe(value);
    }
  });

  it.each([null, undefined, 1, true, {}, [], Symbol.iterator, new String('x')])('cannot be %p', (value) => {
    expect(() => write(string, value)).toThrow(ResponseModelError);
  });
});

describe('numbers and booleans', () => {
  it('are serialized as in JSON.stringify', () => {
    expect([0, -0, 1, -7, Number.MAX_SAFE_INTEGER].map((value) => write(integer, value))).toEqual([
      '0',
      '0',
      '1',
      '-7',
      '9007199254740991',
    ]);
    expect([0.5, 1e21, -1e-7].map((value) => write({ type: 'number' }, value))).toEqual(['0.5', '1e+21', '-1e-7']);
    expect([true, false].map((value) => write({ type: 'boolean' }, value))).toEqual(['true', 'false']);
  });

  it.each([1.5, Number.NaN, Infinity, 2 ** 53, 1n, '1', true, null, undefined, []])(
    'refuse an invalid integer: %p',
    (value) => {
      expect(() => write(integer, value)).toThrow(ResponseModelError);
    },
  );

  it.each([Number.NaN, Infinity, -Infinity, '1', 1n, null])('refuse an invalid number: %p', (value) => {
    expect(() => write({ type: 'number' }, value)).toThrow(ResponseModelError);
  });

  it.each([0, 1, 'true', null, undefined])('refuse an invalid boolean: %p', (value) => {
    expect(() => write({ type: 'boolean' }, value)).toThrow(ResponseModelError);
  });
});

describe('a date', () => {
  const date = { type: 'string', format: 'date-time' };

  it('is serialized in UTC with milliseconds', () => {
    expect(write(date, new Date('2026-01-31T10:30:00.120+01:00'))).toBe('"2026-01-31T09:30:00.120Z"');
    expect(write(date, new Date(0))).toBe('"1970-01-01T00:00:00.000Z"');
  });

  it('may be the text that JSON has for it', () => {
    expect(write(date, '2026-01-31T09:30:00.120Z')).toBe('"2026-01-31T09:30:00.120Z"');
  });

  it('may be null only if its schema allows it', () => {
    const nullable = object({ at: { type: ['string', 'null'], format: 'date-time' } });
    expect([write(nullable, { at: null }), write(nullable, { at: new Date(0) })]).toEqual([
      '{"at":null}',
      '{"at":"1970-01-01T00:00:00.000Z"}',
    ]);
    expect(() => write(object({ at: { ...date } }), { at: null })).toThrow('should be a date, but is null');
  });

  it.each([new Date(Number.NaN), '2026-01-31T09:30:00Z', '2026-02-30T09:30:00.120Z', 'x"}', 0, null, undefined, {}])(
    'cannot be %p',
    (value) => {
      expect(() => write(date, value)).toThrow('should be a date');
    },
  );
});

describe('an enum value', () => {
  const role = { type: 'string', enum: ['admin', 'user', 'say "hi"'] };

  it('may be any of the declared strings', () => {
    expect(write(role, 'admin')).toBe('"admin"');
    expect(write(role, 'say "hi"')).toBe('"say \\"hi\\""');
  });

  it('may be a number or null, and may be declared twice', () => {
    const level = { type: ['integer', 'null'], enum: [1, 2, 2] };
    expect([write(level, 2), write(level, null)]).toEqual(['2', 'null']);
    expect(() => write(level, 3)).toThrow('should be one of 1, 2, but is number');
  });

  it.each(['root', 'Admin', '', null, undefined, 0, ['admin']])('cannot be %p', (value) => {
    expect(() => write(role, value)).toThrow('should be one of "admin", "user"');
  });
});
