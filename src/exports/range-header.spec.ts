import fc from 'fast-check';
import { rangeOf } from './range-header.js';

const TAG = '"abc"';
const asked = (range: string, size = 100, more = {}) => rangeOf({ range, ...more }, size, TAG);

it.each([
  ['bytes=0-9', { first: 0, last: 9 }],
  ['bytes=0-0', { first: 0, last: 0 }],
  ['bytes=99-99', { first: 99, last: 99 }],
  ['bytes=90-', { first: 90, last: 99 }],
  ['bytes=90-1000', { first: 90, last: 99 }],
  ['bytes=90-99999999999999999999', { first: 90, last: 99 }],
  ['bytes=-1', { first: 99, last: 99 }],
  ['bytes=-1000', { first: 0, last: 99 }],
  ['BYTES=0-9', { first: 0, last: 9 }],
  ['bytes = 0 - 9', { first: 0, last: 9 }],
  ['bytes=0-9,', { first: 0, last: 9 }],
  ['bytes=, ,0-9', { first: 0, last: 9 }],
  ['bytes=0-9,100-', { first: 0, last: 9 }],
])('returns the range for %s of a 100-byte file', (range, expected) => {
  expect(asked(range)).toEqual(expected);
});

it.each(['bytes=100-', 'bytes=100-200', 'bytes=-0', 'bytes=99999999999999999999-', 'bytes=100-,200-300'])(
  'returns null for %s, which is outside of a 100-byte file',
  (range) => {
    expect(asked(range)).toBeNull();
  },
);

it.each(['bytes=0-', 'bytes=-1', 'bytes=0-0'])('returns null for %s of an empty file', (range) => {
  expect(asked(range, 0)).toBeNull();
});

it.each(['bytes=9-0', 'bytes=0-9,20-29', 'bytes=-', 'bytes=', 'bytes=a-b', 'bytes=1.5-2', 'lines=0-9', '0-9', ''])(
  'returns undefined for %j, so that the whole file is sent',
  (range) => {
    expect(asked(range)).toBeUndefined();
  },
);

it.each([
  'bytes=1 2-15',
  'bytes=--5',
  'bytes=1-2-3',
  'bytes=0-9,x',
  'bytes=,',
  'bytes:0-9',
  'bytes=0x0-0x9',
  'bytes=+0-9',
])('returns undefined for the malformed range %j, so that the whole file is sent', (range) => {
  expect(asked(range)).toBeUndefined();
});

it('parses a long header in linear time', () => {
  const began = performance.now();
  asked(`bytes=0-9${' '.repeat(200_000)}`);
  asked(`bytes=${'0-9,'.repeat(50_000)}`);
  expect(performance.now() - began).toBeLessThan(2000);
});

it('returns undefined without a Range header', () => {
  expect(rangeOf({}, 100, TAG)).toBeUndefined();
});

it.each([
  [TAG, { first: 0, last: 9 }],
  ['"abd"', undefined],
  ['W/"abc"', undefined], // weak tags do not identify exact bytes
  ['"abc-gzip"', undefined],
  ['"abc", "abd"', undefined],
  ['Wed, 25 Nov 2026 01:00:00 GMT', undefined],
])('applies the range only if If-Range equals the tag: %s', (condition, expected) => {
  expect(asked('bytes=0-9', 100, { 'if-range': condition })).toEqual(expected);
});

it('never returns a range outside of the file', () => {
  const nat = fc.nat(300);
  fc.assert(
    fc.property(nat, fc.option(nat), fc.option(nat), (size, from, to) => {
      const range = asked(`bytes=${from ?? ''}-${to ?? ''}`, size);
      if (!range) return;
      expect(range.first).toBeGreaterThanOrEqual(0);
      expect(range.first).toBeLessThanOrEqual(range.last);
      expect(range.last).toBeLessThan(size);
    }),
  );
});
