import { AppError } from '../errors/app-error.js';
import { ValidationFailed, type FieldError } from '../errors/validation-failed.js';
import { exactInputs, parseJson } from './json.js';
import { forbiddenKeys } from './json-limits.js';

const bytes = (text: string) => new TextEncoder().encode(text);

function refused(body: string | Uint8Array): FieldError[] {
  try {
    parseJson(typeof body === 'string' ? bytes(body) : body);
  } catch (error) {
    if (error instanceof ValidationFailed) return error.errors;
    throw error;
  }
  throw new Error('was accepted');
}

describe('parseJson', () => {
  it('parses a body of JSON', () => {
    expect(parseJson(bytes('{"a": [1, "é😀", null]}'))).toEqual({ a: [1, 'é😀', null] });
    expect(parseJson(bytes(' \n\t"text" '))).toBe('text');
  });

  it('returns undefined for an empty body', () => {
    expect(parseJson(new Uint8Array())).toBeUndefined();
  });

  it('skips a byte order mark', () => {
    expect(parseJson(bytes('\ufeff{"a":1}'))).toEqual({ a: 1 });
    expect(refused('\ufeff{"a" 1}')).toMatchObject([{ loc: ['body', 5] }]);
  });

  it('uses the last value of a repeated key', () => {
    expect(parseJson(bytes('{"a": 1, "a": 2}'))).toEqual({ a: 2 });
  });

  it.each([
    ['Latin-1', [0x22, 0xeb, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
    ['a surrogate encoded as UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['an overlong UTF-8 sequence', [0x22, 0xc0, 0x80, 0x22]],
  ])('throws an error with the status 400 for %s', (_name, body) => {
    const parse = () => parseJson(new Uint8Array(body));
    expect(parse).toThrow(new AppError('There was an error parsing the body'));
    expect(parse).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('reports the position at which a text is not valid JSON', () => {
    expect(refused('{"a": 1,}')).toEqual([
      {
        type: 'json_invalid',
        loc: ['body', 8],
        msg: 'JSON decode error',
        input: {},
        ctx: { error: 'Expecting property name enclosed in double quotes' },
      },
    ]);
    expect(refused('hello')).toMatchObject([{ loc: ['body', 0], ctx: { error: 'Expecting value' } }]);
  });
});

const problem = (text: string) => [
  { type: 'value_error', loc: ['body'], msg: `Value error, ${text}`, input: {}, ctx: { error: {} } },
];

const nested = (open: string, inner: string, close: string, depth: number) =>
  open.repeat(depth) + inner + close.repeat(depth);

const keys = (count: number) => Array.from({ length: count }, (_, key) => `"k${key}":0`).join(',');

const list = (count: number) => `[${'0,'.repeat(count - 1)}0]`;

describe('the limits of a body', () => {
  it('allow 32 levels of nesting', () => {
    expect(parseJson(bytes(nested('[', '', ']', 32)))).toBeDefined();
    expect(parseJson(bytes(nested('{"a":', '1', '}', 32)))).toBeDefined();
    expect(refused(nested('[', '', ']', 33))).toEqual(problem('JSON may be nested at most 32 levels deep'));
    expect(refused(nested('{"a":', '1', '}', 33))).toEqual(problem('JSON may be nested at most 32 levels deep'));
  });

  it('allow 2,000 keys in total', () => {
    expect(parseJson(bytes(`{${keys(2000)}}`))).toBeDefined();
    expect(refused(`{${keys(2001)}}`)).toEqual(problem('JSON may have at most 2000 keys'));
    expect(refused(`[{${keys(1000)}},{${keys(1001)}}]`)).toEqual(problem('JSON may have at most 2000 keys'));
  });

  it('allow 5,000 items in a list', () => {
    expect(parseJson(bytes(`[${list(5000)},${list(1000)}]`))).toBeDefined();
    expect(refused(`{"a":${list(5001)}}`)).toEqual(problem('A list may have at most 5000 items'));
  });

  it('ignore the content of strings', () => {
    const text = `{"a":"${'[{:,'.repeat(2000)}\\"[\\\\","b":["\\\\\\"[",1]}`;
    expect(parseJson(bytes(text))).toEqual(JSON.parse(text));
    const escaped = `["\\"${'['.repeat(100)}", "${'\\\\'.repeat(3)}", "${'{'.repeat(100)}"]`;
    expect(parseJson(bytes(escaped))).toEqual(JSON.parse(escaped));
  });

  it.each([
    ['open lists', '['.repeat(100_000)],
    ['open objects', '{"a":'.repeat(20_000)],
    ['closed lists', ']'.repeat(100_000)],
    ['quotes', '"'.repeat(99_999)],
    ['escapes', `"${'\\'.repeat(99_998)}`],
    ['escaped quotes', `"${'\\"'.repeat(49_990)}`],
    ['commas', ','.repeat(100_000)],
    ['colons', ':'.repeat(100_000)],
    ['minus signs', '-'.repeat(100_000)],
    ['digits', `${'1'.repeat(99_999)}.`],
  ])('refuse 100 kB of %s with a short error', (_name, text) => {
    const errors = refused(text);
    expect(JSON.stringify(errors).length).toBeLessThan(10_000);
  });
});

const refusal = (loc: unknown[], name: string) => ({
  type: 'value_error',
  loc,
  msg: `Value error, The key ${name} is not allowed`,
  input: {},
  ctx: { error: {} },
});

describe('keys that reach a prototype', () => {
  it.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__', 'construct\\u006fr'])(
    'such as %s are refused',
    (key) => {
      const name = JSON.parse(`"${key}"`) as string;
      const value = parseJson(bytes(`{"a": [{"${key}": {"polluted": true}}]}`));
      expect(forbiddenKeys(value, ['body'])).toEqual([refusal(['body', 'a', 0, name], name)]);
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    },
  );

  it('are not confused with the same words as values', () => {
    expect(forbiddenKeys({ a: '__proto__', constructors: 'constructor', b: ['prototype'] }, ['body'])).toEqual([]);
  });

  it('are reported together, with at most 20 errors', () => {
    const value = parseJson(bytes(`[${'{"constructor":1},'.repeat(999)}{"a":{"prototype":1}}]`));
    const errors = forbiddenKeys(value, ['body']);
    expect(errors[1]).toEqual(refusal(['body', 1, 'constructor'], 'constructor'));
    expect(errors.length).toBe(20);
  });

  it('are reported without their values, which may be secret', () => {
    const value = parseJson(bytes('{"constructor": "Password1"}'));
    expect(JSON.stringify(forbiddenKeys(value, ['body']))).not.toContain('Password1');
  });
});

describe('text that cannot be stored', () => {
  it.each(['{"a": "\\u0000"}', '{"\\u0000": 1}', '{"a": "\\ud800"}', '"\\u00e9\\u2603\\ud83d\\ude00"'])(
    'is parsed, since only the field checks it: %s',
    (text) => {
      expect(parseJson(bytes(text))).toEqual(JSON.parse(text));
    },
  );
});

const shown = (text: string, ...errors: FieldError[]) => {
  exactInputs(bytes(text), errors, ['body']);
  return errors.map((error) => JSON.stringify(error.input));
};

const error = (input: unknown, ...loc: (string | number)[]): FieldError => ({ type: 't', loc, msg: 'm', input });

describe('exactInputs', () => {
  it.each(['1.0', '1e400', '-1e400', '1180591620717411303424', '9007199254740993', '1E2', '0.10', '1e-400'])(
    'shows %s as it was sent',
    (number) => {
      const text = `{"a": [${number}]}`;
      const parsed = JSON.parse(text) as { a: number[] };
      expect(shown(text, error(parsed.a[0], 'body', 'a', 0), error(parsed.a, 'body', 'a'))).toEqual([
        number,
        `[${number}]`,
      ]);
    },
  );

  it('shows the exact parent of a missing field', () => {
    const missing = { ...error({ x: 1, s: '1.0' }, 'body', 'user', 'name'), type: 'missing' };
    expect(shown('{"user": {"x": 1.0, "s": "1.0"}}', missing)).toEqual(['{"x":1.0,"s":"1.0"}']);
  });

  it('keeps the input null of a missing body parameter', () => {
    const missing = { ...error(null, 'body', 'reason'), type: 'missing' };
    expect(shown('{"x": 1.0}', missing)).toEqual(['null']);
    expect(shown('1.0', missing)).toEqual(['null']);
  });

  it('keeps secrets masked', () => {
    const errors = [error('**********', 'body', 'pin'), error({ pin: '**********', n: 1 }, 'body')];
    expect(shown('{"pin": 1.0, "n": 1.0}', ...errors)).toEqual(['"**********"', '{"pin":"**********","n":1.0}']);
  });

  it('keeps sanitized text, and the inputs of errors at other locations', () => {
    expect(shown('{"a": "\\ud800"}', error({ a: '\ufffd' }, 'body'))).toEqual(['{"a":"\ufffd"}']);
    expect(shown('{"page": 1.0}', error('x', 'query', 'page'), error(7, 'body', 'page', 'no', 'such'))).toEqual([
      '"x"',
      '7',
    ]);
  });
});
