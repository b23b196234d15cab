import type { FieldError } from '../errors/validation-failed.js';
import { checkParameter } from './check-parameter.js';
import { parseUuid } from './uuid.js';

const ID = '5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d';
const BARE = ID.replaceAll('-', '');

it.each([ID, ID.toUpperCase(), BARE, `{${ID}}`, `urn:uuid:${ID}`])('%s is a UUID', (text) => {
  expect(parseUuid(text)).toEqual({ value: ID });
});

it.each([
  ['', 'invalid length: expected length 32 for simple format, found 0'],
  [BARE.slice(1), 'invalid length: expected length 32 for simple format, found 31'],
  [`${BARE}0`, 'invalid length: expected length 32 for simple format, found 33'],
  [`{${BARE}}`, 'invalid group count: expected 5, found 1'],
  [`urn:uuid:${BARE}`, 'invalid group count: expected 5, found 1'],
  [`${ID}-`, 'invalid group count: expected 5, found 6'],
  [ID.replace('-', ''), 'invalid group count: expected 5, found 4'],
  [ID.slice(1), 'invalid group length in group 0: expected 8, found 7'],
  [ID.replace('6a3b', '6a3'), 'invalid group length in group 1: expected 4, found 3'],
  [ID.replace('9d6e', '9d6e0'), 'invalid group length in group 3: expected 4, found 5'],
  [ID.slice(0, -1), 'invalid group length in group 4: expected 12, found 11'],
  [`${ID}0`, 'invalid group length in group 4: expected 12, found 13'],
])('%j has an %s', (text, error) => {
  expect(parseUuid(text)).toEqual({ error });
});

it.each([
  [`g${ID.slice(1)}`, 'g', 1],
  [`${ID}\n`, '\n', 37],
  [` ${ID}`, ' ', 1],
  [`{${ID}`, '{', 1],
  [`${ID}}`, '}', 37],
  [`{g${ID.slice(1)}}`, 'g', 2],
  [`urn:uuid:g${ID.slice(1)}`, 'g', 10],
  [`5😀${ID.slice(2)}`, '😀', 2],
])('%j has the invalid character %j at position %i', (text, found, at) => {
  const expected = 'expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-]';
  expect(parseUuid(text)).toEqual({ error: `invalid character: ${expected}, found \`${found}\` at ${at}` });
});

it('a parameter is converted to the canonical form, or reported with its location', () => {
  const errors: FieldError[] = [];
  expect(checkParameter(ID.toUpperCase(), 'uuid', ['path', 'id'], errors)).toBe(ID);
  expect(errors).toEqual([]);
  expect(checkParameter('x\ud800', 'uuid', ['path', 'id'], errors)).toBeUndefined();
  expect(errors).toEqual([
    {
      type: 'uuid_parsing',
      loc: ['path', 'id'],
      msg: expect.stringMatching(/^Input should be a valid UUID, invalid character: .* found `x` at 1$/),
      ctx: { error: expect.stringContaining('found `x` at 1') },
      input: 'x\ufffd',
    },
  ]);
});
