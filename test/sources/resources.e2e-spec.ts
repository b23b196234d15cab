import { query } from '../support/database.js';
import { OPERATIONS, UNDECLARED } from '../support/operations.js';
import { SHOWN, SUBJECTS } from '../support/resources.js';

it('every resource declares its access and subjects, because other tests skip undeclared operations', () => {
  expect(UNDECLARED).toEqual([]);
  expect(OPERATIONS.length).toBeGreaterThan(30);
});

it('the tables and columns that resources name exist', async () => {
  const columns = await query<{ name: string }>(
    `select table_schema || '.' || table_name || '.' || column_name as name from information_schema.columns`,
  );
  const known = new Set(columns.map(({ name }) => name.replace(/^public\./, '')));
  const named = [
    ...Object.values(SUBJECTS).map(({ table }) => `${table}.id`),
    ...Object.entries(SHOWN).flatMap(([table, names]) => names.map((name) => `${table}.${name}`)),
  ];
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
