import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';

it.each<[unknown, unknown]>([
  [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
  [{ a: { x: 1, y: [{ p: 1, q: 2 }] } }, { a: { y: [{ q: 2, p: 1 }], x: 1 } }],
  [{ a: undefined, b: 1 }, { b: 1 }],
  [1, 1.0],
  [0, -0],
  [Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
  [
    new (class Thing {
      a = 1;
    })(),
    { a: 1 },
  ],
  [JSON.parse('{"__proto__":1,"a":2}'), JSON.parse('{"a":2,"__proto__":1}')],
  [new Date(0), new Date('1970-01-01T00:00:00Z')],
  ['é', 'e\u0301'],
  [{ a: ['\u1112\u1161\u11ab'] }, { a: ['한'] }],
  [
    { é: 1, f: 2 },
    { f: 2, 'e\u0301': 1 },
  ],
  ['q\u0323\u0307', 'q\u0307\u0323'],
])('%j and %j have the same text', (a, b) => expect(canonicalJson(a)).toBe(canonicalJson(b)));

it.each<[unknown, unknown]>([
  [{ a: null }, {}],
  ['ﬁ', 'fi'],
  ['Ａ', 'A'],
  [
    { é: 1, 'e\u0301': 2 },
    { é: 2, 'e\u0301': 1 },
  ],
  [{ é: 1, 'e\u0301': 2 }, { é: 2 }],
  [{ a: '' }, { a: null }],
  [{ a: 1 }, { a: '1' }],
  [{ a: true }, { a: 'true' }],
  [
    [1, 2],
    [2, 1],
  ],
  [[], {}],
  [
    [1, [2]],
    [[1], 2],
  ],
  [{ a: 'b' }, { b: 'a' }],
  [{ a: { b: 1 } }, { a: 1, b: 1 }],
  [{ a: ' x' }, { a: 'x' }],
  [5n, 5],
  [5n, '5'],
  [2n ** 70n, 2n ** 70n + 1n],
  [NaN, null],
  [Infinity, -Infinity],
  [new Map([['a', 1]]), new Map([['a', 2]])],
  [new Set([1]), new Set([2])],
  [{ 'a":1,"b': 1 }, { a: 1, b: 1 }],
  [JSON.parse('{"__proto__":1}'), {}],
  [new Date(0), new Date(1)],
  [undefined, null],
])('%j and %j have different texts', (a, b) => expect(canonicalJson(a)).not.toBe(canonicalJson(b)));

const loose = (value: unknown) => canonicalJson(value, { nullIsAbsent: true });

describe('with nullIsAbsent', () => {
  it.each<[unknown, unknown]>([
    [{ a: null }, {}],
    [{ a: { b: null, c: 1 } }, { a: { c: 1 } }],
    [[{ a: null }], [{}]],
  ])('%j and %j have the same text', (a, b) => expect(loose(a)).toBe(loose(b)));

  it.each<[unknown, unknown]>([
    [[null], []],
    [null, {}],
    [{ a: '' }, {}],
    [{ a: 0 }, {}],
    [{ a: [] }, {}],
  ])('%j and %j have different texts', (a, b) => expect(loose(a)).not.toBe(loose(b)));
});

it('100,000 combining marks in a row are serialized in less than 500 ms', () => {
  const began = performance.now();
  canonicalJson('\u0301\u0316'.repeat(50_000));
  expect(performance.now() - began).toBeLessThan(500);
});

it('the text does not depend on the order of keys, and differs for different values', () => {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, one]) => [key, turned(one)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(canonicalJson(turned(a))).toBe(canonicalJson(a));
      const [one, other] = [a, b].map((value) => JSON.parse(JSON.stringify(value)) as unknown); // -0 is 0
      expect(canonicalJson(one) === canonicalJson(other)).toBe(
        JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)),
      );
    }),
  );
});

/** Sorts keys by another algorithm than the one under test. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => [key, sorted(one)]);
  return ['object', ...entries.toSorted(([a], [b]) => (a < b ? -1 : 1))];
}
