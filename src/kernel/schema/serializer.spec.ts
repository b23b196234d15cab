import { compileSerializer, ResponseModelError, type Schema, type Schemas } from './serializer.js';

const string = { type: 'string' };
const integer = { type: 'integer' };

function object(properties: Record<string, Schema>, required = Object.keys(properties)): Schema {
  return { type: 'object', properties, required };
}

const write = (schema: Schema, value: unknown, schemas: Schemas = {}) => compileSerializer(schema, schemas)(value);

describe('an object', () => {
  const user = object({ email: string, id: integer, nick: string }, ['email', 'id']);

  it('leaves with what its schema declares, in that order', () => {
    expect(write(user, { password_hash: '$argon2', id: 1, email: 'a@b.c', nick: 'Ann' })).toBe(
      '{"email":"a@b.c","id":1,"nick":"Ann"}',
    );
  });

  it('may lack what is not required', () => {
    expect(write(user, { email: 'a', id: 1 })).toBe('{"email":"a","id":1}');
    expect(write(user, { email: 'a', id: 1, nick: undefined })).toBe('{"email":"a","id":1}');
    expect(write(object({ a: string, b: string }, ['b']), { b: 'x' })).toBe('{"b":"x"}');
    expect(write(object({ a: string }, []), {})).toBe('{}');
  });

  it('may be of any class, with accessors', () => {
    class Person {
      id = 1;
      get email() {
        return 'a@b.c';
      }
    }
    expect(write(user, new Person())).toBe('{"email":"a@b.c","id":1}');
  });

  it('must not lack what is required', () => {
    expect(() => write(user, { email: 'a' })).toThrow('The response.id should be an integer, but is undefined');
  });

  it.each([null, undefined, 'text', 1, true, [], [{}], () => 1])('cannot be %p', (value) => {
    expect(() => write(user, value)).toThrow(ResponseModelError);
  });

  it('says where it is wrong, however deep', () => {
    const deep = object({ a: { type: 'array', items: object({ b: object({ c: integer }) }) } });
    expect(() => write(deep, { a: [{ b: { c: 1 } }, { b: { c: '1' } }] })).toThrow(
      'The response.a[1].b.c should be an integer, but is string',
    );
  });

  it('never shows the value that is wrong', () => {
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

  it.each(AWKWARD)('is escaped as JSON.stringify does: %j', (value) => {
    expect(write(string, value)).toBe(JSON.stringify(value));
  });

  it('is escaped whatever its characters', () => {
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
  it('are written as they are', () => {
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

  it.each([1.5, Number.NaN, Infinity, 2 ** 53, 1n, '1', true, null, undefined, []])('are not whole: %p', (value) => {
    expect(() => write(integer, value)).toThrow(ResponseModelError);
  });

  it.each([Number.NaN, Infinity, -Infinity, '1', 1n, null])('are none: %p', (value) => {
    expect(() => write({ type: 'number' }, value)).toThrow(ResponseModelError);
  });

  it.each([0, 1, 'true', null, undefined])('are neither true nor false: %p', (value) => {
    expect(() => write({ type: 'boolean' }, value)).toThrow(ResponseModelError);
  });
});

describe('a date', () => {
  const date = { type: 'string', format: 'date-time' };

  it('is written in UTC with milliseconds', () => {
    expect(write(date, new Date('2026-01-31T10:30:00.120+01:00'))).toBe('"2026-01-31T09:30:00.120Z"');
    expect(write(date, new Date(0))).toBe('"1970-01-01T00:00:00.000Z"');
  });

  it.each([new Date(Number.NaN), '2026-01-31T09:30:00Z', 0, null, undefined, {}])('cannot be %p', (value) => {
    expect(() => write(date, value)).toThrow('should be a date');
  });
});

describe('one of a few words', () => {
  const role = { type: 'string', enum: ['admin', 'user', 'say "hi"'] };

  it('is one of them', () => {
    expect(write(role, 'admin')).toBe('"admin"');
    expect(write(role, 'say "hi"')).toBe('"say \\"hi\\""');
  });

  it.each(['root', 'Admin', '', null, undefined, 0, ['admin']])('cannot be %p', (value) => {
    expect(() => write(role, value)).toThrow('should be one of "admin", "user"');
  });
});

describe('null', () => {
  const address = object({ street: string });
  const nullable = object({
    text: { type: ['string', 'null'] },
    model: { anyOf: [{ $ref: '#/components/schemas/Address' }, { type: 'null' }] },
  });

  it('is written where the schema allows it', () => {
    expect(write(nullable, { text: null, model: null }, { Address: address })).toBe('{"text":null,"model":null}');
    expect(write(nullable, { text: 'a', model: { street: 's', x: 1 } }, { Address: address })).toBe(
      '{"text":"a","model":{"street":"s"}}',
    );
  });

  it('is not the same as being absent', () => {
    expect(() => write(nullable, { model: null }, { Address: address })).toThrow(ResponseModelError);
    expect(() => write(nullable, { text: null }, { Address: address })).toThrow(ResponseModelError);
  });

  it('is refused everywhere else, also where the property may be absent', () => {
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

  it('hold any number of values', () => {
    expect([write(list, []), write(list, ['a']), write(list, ['a', 'b'])]).toEqual(['[]', '["a"]', '["a","b"]']);
    expect(write(dictionary, {})).toBe('{}');
  });

  it('keep awkward keys and the order they were given in', () => {
    const given = Object.fromEntries([
      ['b', '1'],
      ['a"\n', '2'],
      ['\ud800', '3'],
      ['constructor', '4'],
    ]);
    expect(write(dictionary, given)).toBe(JSON.stringify(given));
    expect(write(dictionary, JSON.parse('{"__proto__": "own"}'))).toBe('{"__proto__":"own"}');
  });

  it('hold nothing of another kind', () => {
    expect(() => write(list, ['a', 1])).toThrow('The response[1] should be a string, but is number');
    expect(() => write(list, Array(2))).toThrow(ResponseModelError);
    expect(() => write(list, 'ab')).toThrow('should be a list');
    expect(() => write(list, { length: 0 })).toThrow('should be a list');
    expect(() => write(dictionary, { a: { b: 'c' } })).toThrow('The response.* should be a string, but is object');
    expect(() => write(dictionary, ['a'])).toThrow('should be an object');
    expect(() => write(dictionary, null)).toThrow('should be an object, but is null');
  });
});

describe('a schema', () => {
  it('may contain itself', () => {
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
    ['a list of anything', { type: 'array' }],
    ['an object of anything', { type: 'object' }],
  ])('that says nothing exact stops the start: %s', (_, schema) => {
    expect(() => compileSerializer(schema, {})).toThrow(Error);
  });
});
