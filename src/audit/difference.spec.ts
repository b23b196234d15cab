import { difference, pick } from './difference.js';

const row = { name: 'Ann', tags: ['a'], since: new Date(0), password_hash: 'old' };

it('difference returns the old and new values of the changed fields', () => {
  expect(difference(row, { name: 'Anna', tags: ['a'] }, ['name', 'tags'])).toEqual({
    fields: ['name'],
    before: { name: 'Ann' },
    after: { name: 'Anna' },
  });
});

it('difference omits the values of fields that are not listed', () => {
  const told = difference(row, { name: 'Anna', password_hash: 'new' }, ['name']);
  expect(told.fields).toEqual(['name', 'password_hash']);
  expect(JSON.stringify(told)).not.toMatch(/old|new/);
});

it('difference compares values deeply, not by reference', () => {
  expect(difference(row, { since: new Date(0), tags: ['b'] }, ['since', 'tags'])).toEqual({
    fields: ['tags'],
    before: { tags: ['a'] },
    after: { tags: ['b'] },
  });
});

it('pick returns only the listed fields', () => {
  expect(pick(row, ['name'])).toEqual({ name: 'Ann' });
});
