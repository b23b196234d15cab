import { uuid7 } from './uuid7.js';

it('an id starts with the time and contains the version number', () => {
  expect(uuid7(0x0123_4567_89ab)).toMatch(/^01234567-89ab-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});

it('ids sort in the order of their times', () => {
  const ids = [1, 255, 256, 1_795_568_460_000, 2 ** 48 - 1].map(uuid7);
  expect(ids.toSorted()).toEqual(ids);
});

it('ids of the same time are different', () => {
  expect(new Set(Array.from({ length: 100 }, () => uuid7(1))).size).toBe(100);
});
