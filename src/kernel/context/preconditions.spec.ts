import { entityTag, evaluatePreconditions, preconditionsOf, versionsOf } from './preconditions.js';

const ifMatch = (value: string) => evaluatePreconditions({ ifMatch: value, ifNoneMatch: undefined }, '"3"');
const ifNoneMatch = (value: string) => evaluatePreconditions({ ifMatch: undefined, ifNoneMatch: value }, '"3"');

describe('If-Match', () => {
  it.each(['"3"', '*', ' * ', '"1", "3"', '"1","3"', ',, "3" ,', 'W/"1", "3"', '"a,b", "3"', '"", "3"', '"1"\t,\t"3"'])(
    'is met by %j',
    (value) => expect(ifMatch(value)).toBe('good'),
  );

  it.each([
    'W/"3"',
    '"1", W/"3"',
    'W/"1",W/"3"',
    '"3-gzip"',
    '"3-br"',
    'W/"3-zstd"',
    '"3-deflate"',
    '"1-gzip", W/"3-gzip"',
  ])('is met by our tag as a proxy that compresses writes it: %j', (value) => expect(ifMatch(value)).toBe('good'));

  it.each([
    '"2"',
    'W/"2"',
    'W/"33"',
    'W/3',
    'W "3"',
    'W/W/"3"',
    '"W/3"',
    '"3-"',
    '"3-gzip-gzip"',
    '"33-gzip"',
    '"3gzip"',
    '"3-GZIP"',
    '"-gzip"',
    '3',
    '',
    '"33"',
    '"3',
    '3"',
    "'3'",
    '"2", *',
    'w/"3"',
    '"1" "3"',
    'x"3"',
    '"3"x',
  ])('is not met by %j', (value) => expect(ifMatch(value)).toBe('failed'));
});

describe('If-None-Match', () => {
  it.each(['"3"', 'W/"3"', '*', '"1", W/"3"', '"3-gzip"', 'W/"3-br"'])('finds it unchanged: %j', (value) =>
    expect(ifNoneMatch(value)).toBe('unchanged'),
  );

  it.each(['"2"', 'W/"2"', '3', '', '"3', '"2-gzip"', 'W/3'])('finds something new: %j', (value) =>
    expect(ifNoneMatch(value)).toBe('good'),
  );
});

it('judges If-Match first (RFC 9110 §13.2.2)', () => {
  expect(evaluatePreconditions({ ifMatch: '"2"', ifNoneMatch: '"3"' }, '"3"')).toBe('failed');
  expect(evaluatePreconditions({ ifMatch: '"3"', ifNoneMatch: '"3"' }, '"3"')).toBe('unchanged');
});

it('takes no longer than the list is', () => {
  const list = `${'"x",'.repeat(4000)}${', '.repeat(100_000)}`;
  const began = performance.now();
  expect(ifMatch(list)).toBe('failed');
  expect(ifMatch(`"${'x'.repeat(200_000)}`)).toBe('failed');
  expect(performance.now() - began).toBeLessThan(2000);
});

it('knows requests without conditions', () => {
  expect(preconditionsOf({ 'if-modified-since': 'Sat, 31 Jan 2026 09:30:00 GMT' })).toBeUndefined();
  expect(preconditionsOf({ 'if-match': '*' })).toEqual({ ifMatch: '*', ifNoneMatch: undefined });
});

it('makes no tag of a row that was read without its version', () => {
  expect(entityTag(7)).toBe('"7"');
  expect(() => entityTag(undefined as never)).toThrow('needs a row with its version');
});

it('lists the versions that tags name, whatever a proxy made of them', () => {
  expect(versionsOf('"1", W/"2", "3-gzip", W/"4-br", "x", "12345678901"')).toEqual(['1', '2', '3', '4']);
  expect(versionsOf(' * ')).toEqual(['*']);
});
