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
    ['nothing', {}],
    ['null', { status: null }],
    ['undefined', { status: undefined }],
    ['what they do not know', { page: 1, limit: 10, constructor: 'x', toString: 'x' }],
  ])('ask nothing of %s', (_name, values) => {
    expect(applyFilters(FILTERS, values, true)).toEqual({ conditions: [], values: {}, rangeColumns: [] });
  });

  it('take what is falsy for a value', () => {
    expect(conditions({ min_total_cents: 0, status: '' })).toEqual(['total_cents >= :min_total_cents', ANY]);
  });

  it('are led by the only one that asks for one value', () => {
    expect(applyFilters(FILTERS, { status: 'new', min_total_cents: 5 }, true)).toMatchObject({
      conditions: [ANY, 'total_cents >= :min_total_cents'],
      leadingColumn: 'status',
      rangeColumns: ['total_cents'],
      values: { status: 'new', min_total_cents: 5 },
    });
  });

  it.each([
    ['two ask for one value', { status: 'new', item_id: 1 }, true],
    ['there are other conditions', { status: 'new' }, false],
    ['none asks for one value', { min_total_cents: 1 }, true],
  ])('are not led where %s', (_name, values, mayLead) => {
    expect(applyFilters(FILTERS, values, mayLead)).not.toHaveProperty('leadingColumn');
    expect(conditions(values, mayLead)).not.toContain(ANY);
  });

  it('of a range name its column once', () => {
    expect(applyFilters(FILTERS, { min_total_cents: 1, max_total_cents: 2 }, true).rangeColumns).toEqual([
      'total_cents',
    ]);
  });
});

describe('the order of a list', () => {
  const at = new Date();

  it.each([
    [{}, null],
    [{ sort: null }, null],
    [{ sort: '-name' }, '-name'],
    [{ created_from: at }, 'created_at'],
    [{ created_to: at, sort: null }, 'created_at'],
    [{ created_from: at, created_to: at, sort: '-created_at' }, '-created_at'],
  ])('of %j is %j', (query, sort) => {
    expect(sortOf(query)).toBe(sort);
  });
});
