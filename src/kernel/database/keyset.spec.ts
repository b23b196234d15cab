import { keysetCondition, keysetParameters, type KeysetBound } from './keyset.js';

const edge = (column: string, direction: 'ASC' | 'DESC', value: unknown, isNullable = false): KeysetBound => ({
  column,
  direction,
  isNullable,
  type: 'bigint',
  value,
});

const id = (direction: 'ASC' | 'DESC' = 'ASC') => edge('id', direction, 7);
const C0 = 'cast(:edge0 as bigint)';
const C1 = 'cast(:edge1 as bigint)';
const C2 = 'cast(:edge2 as bigint)';

describe('the keyset condition for the rows after a row', () => {
  it.each([
    ['compares one column', [id()], `(id) > (${C0})`],
    ['compares one descending column', [id('DESC')], `(id) < (${C0})`],
    [
      'compares columns of one direction as a row, so that an index can be used',
      [edge('a', 'ASC', 1), id()],
      `(a, id) > (${C0}, ${C1})`,
    ],
    ['compares descending columns as a row', [edge('a', 'DESC', 1), id('DESC')], `(a, id) < (${C0}, ${C1})`],
    [
      'combines ascending and descending columns',
      [edge('a', 'ASC', 1), edge('b', 'DESC', 2), id()],
      `a >= ${C0} and (a > ${C0} or (a = ${C0} and (b < ${C1} or (b = ${C1} and (id > ${C2})))))`,
    ],
    [
      'includes the nulls that come later',
      [edge('a', 'ASC', 1, true), id()],
      `a > ${C0} or a is null or (a = ${C0} and (id > ${C1}))`,
    ],
    [
      'excludes the nulls that came before',
      [edge('a', 'DESC', 1, true), id('DESC')],
      `a <= ${C0} and (a < ${C0} or (a = ${C0} and (id < ${C1})))`,
    ],
    [
      'compares the next column among the nulls at the end',
      [edge('a', 'ASC', null, true), id()],
      `false or (a is null and (id > ${C1}))`,
    ],
    [
      'includes all other values after the nulls at the beginning',
      [edge('a', 'DESC', null, true), id('DESC')],
      `a is not null or (a is null and (id < ${C1}))`,
    ],
  ])('%s', (_name, edges, condition) => {
    expect(keysetCondition(edges)).toBe(condition);
  });

  it('contains the values as parameters, never as text', () => {
    const value = `1) or (1=1`;
    const edges = [edge('a', 'ASC', value), id()];
    expect(keysetCondition(edges)).not.toContain(value);
    expect(keysetParameters(edges)).toEqual({ edge0: value, edge1: 7 });
  });
});
