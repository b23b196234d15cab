import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { texts, json_texts } = JSON.parse(
  readFileSync(join(process.cwd(), 'test/fixtures/bad-values.json'), 'utf8'),
) as Record<'texts' | 'json_texts', string[]>;

const LONG = [
  '1'.repeat(400),
  '1'.repeat(4301), // more digits than Python accepts in an integer
  'a'.repeat(255),
  'a'.repeat(256),
  'a'.repeat(1001),
  'a'.repeat(5000),
  'A'.repeat(129),
  '('.repeat(500),
  '😀'.repeat(100),
  `${'a'.repeat(64)}@${'b'.repeat(255)}.com`,
];

/** Texts that are known to cause bugs in a path, a query, a header or a JSON string. */
export const BAD_TEXTS: readonly string[] = [...texts, ...LONG];

const TOO_DEEP = 33;
const TOO_MANY_KEYS = 2001;

/** JSON values that no field of the API accepts, or not unchanged. */
const BAD_JSON: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e20,
  1e308,
  5e-324,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  [],
  {},
  [[]],
  [{}],
  [null],
  ['a'],
  { a: 1 },
  { '': '' },
  { toString: 1 },
  { length: 1 },
  { toJSON: 'a' },
  { $gt: '' },
  nested(TOO_DEEP - 2),
  nested(TOO_DEEP),
  nested(200),
  Array.from({ length: 1001 }, () => 0),
  Object.fromEntries(Array.from({ length: TOO_MANY_KEYS }, (_, i) => [`k${i}`, i])),
];

/** All values as JSON texts, and JSON texts that no JavaScript value represents. */
export const BAD_JSON_TEXTS: readonly string[] = [
  ...BAD_TEXTS.map((text) => JSON.stringify(text)),
  ...BAD_JSON.map((value) => JSON.stringify(value)),
  ...json_texts,
  '9'.repeat(400),
  '9'.repeat(5000),
];

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}
