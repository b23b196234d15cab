import { difference, pick } from './difference.js';

const row = { name: 'Ann', tags: ['a'], since: new Date(0), password_hash: 'old' };

it('tells what was and what is, of the fields that change', () => {
  expect(difference(row, { name: 'Anna', tags: ['a'] }, ['name', 'tags'])).toEqual({
    fields: ['name'],
    before: { name: 'Ann' },
    after: { name: 'Anna' },
  });
});

it('tells no value of a field that nobody named', () => {
  const told = difference(row, { name: 'Anna', password_hash: 'new' }, ['name']);
  expect(told.fields).toEqual(['name', 'password_hash']);
  expect(JSON.stringify(told)).not.toMatch(/old|new/);
});

it('compares values, not objects', () => {
  expect(difference(row, { since: new Date(0), tags: ['b'] }, ['since', 'tags'])).toEqual({
    fields: ['tags'],
    before: { tags: ['a'] },
    after: { tags: ['b'] },
  });
});

it('picks', () => {
  expect(pick(row, ['name'])).toEqual({ name: 'Ann' });
});
