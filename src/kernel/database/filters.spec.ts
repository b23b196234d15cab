import { applyFilters, equals, range, sortOf } from './filters.js';

const FILTERS = {
  ...equals('status', 'text'),
  ...equals('item_id', 'integer'),
  ...range('total_cents', 'bigint', 'min_total_cents', 'max_total_cents'),
};

const conditions = (values: object, mayLead = true) => applyFilters(FILTERS, values, mayLead).conditions;
const ANY = 'status = any(cast(array[:status] as text[]))';

describe('filters', () => {
  it.each([
    ['no values', {}],
    ['null', { status: null }],
    ['undefined', { status: undefined }],
    ['unknown parameters', { page: 1, limit: 10, constructor: 'x', toString: 'x' }],
  ])('create no conditions for %s', (_name, values) => {
    expect(applyFilters(FILTERS, values, true)).toEqual({ conditions: [], values: {}, rangeColumns: [] });
  });

  it('are applied to falsy values: 0 and the empty string', () => {
    expect(conditions({ min_total_cents: 0, status: '' })).toEqual(['total_cents >= :min_total_cents', ANY]);
  });

  it('return the column of the only equality filter as the leading column', () => {
    expect(applyFilters(FILTERS, { status: 'new', min_total_cents: 5 }, true)).toMatchObject({
      conditions: [ANY, 'total_cents >= :min_total_cents'],
      leadingColumn: 'status',
      rangeColumns: ['total_cents'],
      values: { status: 'new', min_total_cents: 5 },
    });
  });

  it.each([
    ['there are two equality filters', { status: 'new', item_id: 1 }, true],
    ['there are other conditions', { status: 'new' }, false],
    ['there is no equality filter', { min_total_cents: 1 }, true],
  ])('return no leading column if %s', (_name, values, mayLead) => {
    expect(applyFilters(FILTERS, values, mayLead)).not.toHaveProperty('leadingColumn');
    expect(conditions(values, mayLead)).not.toContain(ANY);
  });

  it('return the column of a range once, even with both bounds', () => {
    expect(applyFilters(FILTERS, { min_total_cents: 1, max_total_cents: 2 }, true).rangeColumns).toEqual([
      'total_cents',
    ]);
  });
});

describe('sortOf', () => {
  const at = new Date();

  it.each([
    [{}, null],
    [{ sort: null }, null],
    [{ sort: '-name' }, '-name'],
    [{ created_from: at }, 'created_at'],
    [{ created_to: at, sort: null }, 'created_at'],
    [{ created_from: at, created_to: at, sort: '-created_at' }, '-created_at'],
  ])('returns the sort for the query %j: %j', (query, sort) => {
    expect(sortOf(query)).toBe(sort);
  });
});
