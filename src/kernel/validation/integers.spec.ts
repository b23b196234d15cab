import type { FieldError } from '../errors/validation-failed.js';
import { parseIntLax } from './integers.js';
import { checkParameter } from './check-parameter.js';

const NO_INTEGER = 'Input should be a valid integer, unable to parse string as an integer';

describe('parseIntLax', () => {
  it.each<[string, number]>([
    ['1', 1],
    ['0', 0],
    ['007', 7],
    ['01', 1],
    ['00', 0],
    ['+1', 1],
    ['-1', -1],
    ['-01', -1],
    ['1.0', 1],
    ['+1.0', 1],
    ['-1.0', -1],
    ['01.0', 1],
    [`1.${'0'.repeat(500)}`, 1],
    ['1_0', 10],
    ['1_000', 1000],
    ['1_000.0', 1000],
    ['0_1', 1],
    ['2147483648', 2147483648],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    [`${'0'.repeat(5000)}7`, 7],
  ])('reads %j as %d', (text, value) => {
    expect(parseIntLax(text)).toEqual({ value });
  });

  it.each(['-0', '-0.0', '+0', '-00'])('reads %j as zero without a sign', (text) => {
    expect(parseIntLax(text)).toEqual({ value: 0 });
  });

  it.each<[string, bigint]>([
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['9223372036854775808', 9223372036854775808n],
    ['100_000_000_000_000_000_000', 100000000000000000000n],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
    ['123456789012345678901234567890.0', 123456789012345678901234567890n],
  ])('returns the exact bigint for %j', (text, value) => {
    expect(parseIntLax(text)).toEqual({ value });
  });

  it.each([
    0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2005, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f,
    0x3000,
  ])('accepts the code point %d as white space around the number', (code) => {
    const space = String.fromCodePoint(code);
    expect(parseIntLax(`${space}1${space}${space}`)).toEqual({ value: 1 });
  });

  it.each([0x00, 0x1c, 0x1d, 0x1e, 0x1f, 0x180e, 0x200b, 0x2060, 0xfeff])(
    'does not accept the code point %d as white space',
    (code) => {
      expect(parseIntLax(`${String.fromCodePoint(code)}1`)).toEqual({ error: 'int_parsing' });
      expect(parseIntLax(`1${String.fromCodePoint(code)}`)).toEqual({ error: 'int_parsing' });
    },
  );

  it.each([
    '',
    ' ',
    '1.5',
    '1.',
    '.5',
    '.0',
    '1e3',
    '1E3',
    '1.0_0',
    '1._0',
    '1.0.0',
    '--1',
    '+-1',
    '-+1',
    '+ 1',
    '- 1',
    '+',
    '-',
    '_1',
    '-_1',
    '1_',
    '0_',
    '0_0_',
    '1__0',
    '0x10',
    '0b1',
    '0o7',
    '1,000',
    '1;2',
    '1 2',
    'true',
    'null',
    'None',
    'NaN',
    'Infinity',
    '-Infinity',
    '٣',
    '１',
    '−1',
    '☃',
    '%zz',
    'a'.repeat(5000),
  ])('refuses %j', (text) => {
    expect(parseIntLax(text)).toEqual({ error: 'int_parsing' });
  });

  it.each<[string, number]>([
    ['0__1', 1],
    ['0__0', 0],
    ['0-1', -1],
    ['+0-1', -1],
    ['0_-1', -1],
  ])('reads %j as %d, for compatibility with pydantic', (text, value) => {
    expect(parseIntLax(text)).toEqual({ value });
  });

  it('reads up to 4300 digits, without counting the sign, leading zeros and underscores', () => {
    const digits = '9'.repeat(4300);
    expect(parseIntLax(digits)).toEqual({ value: BigInt(digits) });
    expect(parseIntLax(`-000${digits}`)).toEqual({ value: -BigInt(digits) });
    expect(parseIntLax(`${digits}9`)).toEqual({ error: 'int_parsing_size' });
    expect(parseIntLax(`-${digits}9`)).toEqual({ error: 'int_parsing_size' });
    expect(parseIntLax(`0${digits}_9`)).toEqual({ error: 'int_parsing_size' });
  });

  it.each([
    `${'0'.repeat(100_000)}x`,
    `${'1_'.repeat(50_000)}x`,
    `1.${'0'.repeat(100_000)}x`,
    `${'\u0085'.repeat(100_000)}x`,
    `0${'_0'.repeat(50_000)}_`,
  ])('refuses long hostile text before the test times out', (text) => {
    expect(parseIntLax(text)).toEqual({ error: 'int_parsing' });
  });
});

const errorsOf = (text: string | undefined) => {
  const errors: FieldError[] = [];
  return { value: checkParameter(text, 'integer', ['path', 'item_id'], errors), errors };
};

describe('checkParameter', () => {
  it('returns the value', () => {
    expect(errorsOf(' 42')).toEqual({ value: 42, errors: [] });
    expect(errorsOf('99999999999999999999')).toEqual({ value: 99999999999999999999n, errors: [] });
  });

  it('reports invalid text as received', () => {
    expect(errorsOf('abc').errors).toEqual([
      { type: 'int_parsing', loc: ['path', 'item_id'], msg: NO_INTEGER, input: 'abc' },
    ]);
    expect(errorsOf('\ud800').errors).toMatchObject([{ input: '\ufffd' }]);
    expect(errorsOf('1'.repeat(4301)).errors).toMatchObject([
      {
        type: 'int_parsing_size',
        msg: 'Unable to parse input string as an integer, exceeded maximum size',
        input: '1'.repeat(4301),
      },
    ]);
  });

  it('reports a missing parameter with the input null', () => {
    expect(errorsOf(undefined).errors).toEqual([
      { type: 'missing', loc: ['path', 'item_id'], msg: 'Field required', input: null },
    ]);
  });
});
