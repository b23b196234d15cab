import { entityTag, evaluatePreconditions, preconditionsOf, versionsOf } from './preconditions.js';

const ifMatch = (value: string) => evaluatePreconditions({ ifMatch: value, ifNoneMatch: undefined }, '"3"');
const ifNoneMatch = (value: string) => evaluatePreconditions({ ifMatch: undefined, ifNoneMatch: value }, '"3"');

describe('If-Match', () => {
  it.each(['"3"', '*', ' * ', '"1", "3"', '"1","3"', ',, "3" ,', 'W/"1", "3"', '"a,b", "3"', '"", "3"', '"1"\t,\t"3"'])(
    'matches the current tag "3" for the value %j',
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
  ])('matches the current tag as rewritten by a compressing proxy: %j', (value) => expect(ifMatch(value)).toBe('good'));

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
  ])('does not match the current tag "3" for the value %j', (value) => expect(ifMatch(value)).toBe('failed'));
});

describe('If-None-Match', () => {
  it.each(['"3"', 'W/"3"', '*', '"1", W/"3"', '"3-gzip"', 'W/"3-br"'])(
    'reports the resource as unchanged for the value %j',
    (value) => expect(ifNoneMatch(value)).toBe('unchanged'),
  );

  it.each(['"2"', 'W/"2"', '3', '', '"3', '"2-gzip"', 'W/3'])(
    'reports the resource as changed for the value %j',
    (value) => expect(ifNoneMatch(value)).toBe('good'),
  );
});

it('evaluates If-Match before If-None-Match (RFC 9110 §13.2.2)', () => {
  expect(evaluatePreconditions({ ifMatch: '"2"', ifNoneMatch: '"3"' }, '"3"')).toBe('failed');
  expect(evaluatePreconditions({ ifMatch: '"3"', ifNoneMatch: '"3"' }, '"3"')).toBe('unchanged');
});

it('evaluates a long list of tags in linear time', () => {
  const list = `${'"x",'.repeat(4000)}${', '.repeat(100_000)}`;
  const began = performance.now();
  expect(ifMatch(list)).toBe('failed');
  expect(ifMatch(`"${'x'.repeat(200_000)}`)).toBe('failed');
  expect(performance.now() - began).toBeLessThan(2000);
});

it('preconditionsOf returns undefined if there is neither If-Match nor If-None-Match', () => {
  expect(preconditionsOf({ 'if-modified-since': 'Sat, 31 Jan 2026 09:30:00 GMT' })).toBeUndefined();
  expect(preconditionsOf({ 'if-match': '*' })).toEqual({ ifMatch: '*', ifNoneMatch: undefined });
});

it('entityTag throws for a row that was read without its version', () => {
  expect(entityTag(7)).toBe('"7"');
  expect(() => entityTag(undefined as never)).toThrow('needs a row with its version');
});

it('versionsOf lists the versions of tags, including tags rewritten by a proxy', () => {
  expect(versionsOf('"1", W/"2", "3-gzip", W/"4-br", "x", "12345678901"')).toEqual(['1', '2', '3', '4']);
  expect(versionsOf(' * ')).toEqual(['*']);
});
