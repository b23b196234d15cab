import 'reflect-metadata';
import type { EntityMetadata } from 'typeorm';
import { ValidationFailed } from '../errors/validation-failed.js';
import { ListOrder } from './list-order.js';
import type { PageRequest } from './page.js';

const COLUMNS: Record<string, object> = {
  id: { type: 'integer' },
  total: { type: 'bigint' },
  name: { type: 'text' },
  note: { type: 'text', isNullable: true },
  at: { type: 'timestamptz', precision: 3 },
  moment: { type: 'timestamptz', precision: 6 },
  key: { type: 'uuid' },
  data: { type: 'json' },
};

const metadata = {
  tableName: 'things',
  findColumnWithPropertyName: (name: string) =>
    Object.hasOwn(COLUMNS, name) ? { isNullable: false, ...COLUMNS[name] } : undefined,
} as unknown as EntityMetadata;

const by = (sort?: string | null) => new ListOrder(metadata, ['id', 'ASC'], sort);
const request = (given: Partial<PageRequest> = {}): PageRequest => ({ page: 1, limit: 2, ...given });

const ROW = { id: 7, total: 250, name: 'Ännchen "x"', note: null, at: new Date('2026-01-31T09:30:00.123Z') };

/** Returns the cursor of a row: the `next` of a page that ends with it. */
function cursorOf(order: ListOrder, row: object = ROW): string {
  const page = order.pageOf([{ id: 1 }, row, { id: 9 }], request(), order.parseStart(request()));
  return page.info.next!;
}

const valuesOf = (order: ListOrder, cursor: string) =>
  order.parseStart(request({ after: cursor })).bounds!.map(({ value }) => value);

describe('the order of a list', () => {
  it.each([
    [null, [['id', 'ASC']]],
    ['', [['id', 'ASC']]],
    [
      'total',
      [
        ['total', 'ASC'],
        ['id', 'ASC'],
      ],
    ],
    [
      '-total',
      [
        ['total', 'DESC'],
        ['id', 'DESC'],
      ],
    ],
    [
      'at,-total',
      [
        ['at', 'ASC'],
        ['total', 'DESC'],
        ['id', 'ASC'],
      ],
    ],
    [
      '-at,id,total',
      [
        ['at', 'DESC'],
        ['id', 'ASC'],
      ],
    ],
  ])('sorted by %j ends with a unique column', (sort, keys) => {
    expect(by(sort).keysFor(false)).toEqual(keys);
  });

  it('sorted by a text column uses only the prefix of the text that the index contains', () => {
    expect(by('-name').keysFor(false)).toEqual([
      ['left(name, 200)', 'DESC'],
      ['id', 'DESC'],
    ]);
  });

  it('is reversed when it is read backwards', () => {
    expect(by('at,-total').keysFor(true)).toEqual([
      ['at', 'DESC'],
      ['total', 'ASC'],
      ['id', 'DESC'],
    ]);
  });

  it.each(['data', 'nothing', 'constructor', 'id;drop table things', '"id"'])('cannot be sorted by %j', (sort) => {
    expect(() => by(sort)).toThrow(`things cannot be sorted by ${JSON.stringify(sort)}`);
  });

  it('cannot be sorted by a timestamp that is more precise than a cursor', () => {
    expect(() => by('moment')).toThrow('things.moment is more precise than a millisecond');
  });
});

const forged = (...texts: string[]) => `7.2.${Buffer.from(texts.join('\0')).toString('base64url')}`;

describe('a cursor', () => {
  it('of the default order consists of the key and the number of rows before', () => {
    expect(cursorOf(by())).toBe('7.2');
    expect(cursorOf(by('id'))).toBe('7.2');
    expect(by().parseStart(request({ after: '7.2' }))).toMatchObject({ backwards: false, skip: 2 });
    expect(by().parseStart(request({ before: '7.2' }))).toMatchObject({ backwards: true, skip: 2 });
  });

  it.each([
    ['total', ['250', '7']],
    ['-total', ['250', '7']],
    ['name', ['Ännchen "x"', '7']],
    ['note', [null, '7']],
    ['at', [ROW.at, '7']],
    ['at,-total,name', [ROW.at, '250', 'Ännchen "x"', '7']],
    ['-id', ['7']],
  ])('of the sort %s contains the sort values of the row', (sort, values) => {
    const cursor = cursorOf(by(sort));
    expect(cursor).toMatch(/^7\.2\.[\w-]+$/);
    expect(valuesOf(by(sort), cursor)).toEqual(values);
  });

  it.each(['', '=', '-', 'a=b', '😀', 'x'.repeat(200), '\u0001', ' '])(
    'distinguishes the text %j from null',
    (note) => {
      expect(valuesOf(by('note'), cursorOf(by('note'), { id: 7, note }))).toEqual([note, '7']);
    },
  );

  it.each<[string, string, string | undefined]>([
    ['the default order, in another order', cursorOf(by()), 'total'],
    ['the opposite direction', cursorOf(by('total')), '-total'],
    ['another column', cursorOf(by('at')), 'total'],
    ['more columns', cursorOf(by('total,at')), 'total'],
    ['fewer columns', cursorOf(by('total')), 'total,at'],
    ['another order, in the default order', cursorOf(by('total')), undefined],
    ['only empty parts', '7.2.AAAA', 'total'],
    ['too few values', forged('total'), 'total'],
    ['too many values', forged('total', '1', '2'), 'total'],
    ['an invalid number', forged('total', '1; drop table things'), 'total'],
    ['a number that is too long', forged('total', '9'.repeat(17)), 'total'],
    ['a null for a column that is not nullable', forged('total', ''), 'total'],
    ['a text without its prefix', forged('name', 'x'), 'name'],
    ['an invalid time', forged('at', '2026-01-31'), 'at'],
    ['a time out of range', forged('at', '9'.repeat(15)), 'at'],
    ['an invalid key', `abcdefabcdefabcdefabcdefabcdefab.2`, undefined],
  ])('with %s is refused', (_name, cursor, sort) => {
    for (const name of ['after', 'before'] as const) {
      const refused = () => by(sort).parseStart(request({ [name]: cursor }));
      expect(refused).toThrow(ValidationFailed);
      expect(refused).toThrow(`query.${name}: Value error, This cursor belongs to another list or sort order`);
    }
  });

  it.each([
    ['x'.repeat(5000), 'x'.repeat(200)],
    ['😀'.repeat(300), '😀'.repeat(200)],
    [`a${'😀'.repeat(300)}`, `a${'😀'.repeat(199)}`],
    ['Ä'.repeat(201), 'Ä'.repeat(200)],
    ['x'.repeat(200), 'x'.repeat(200)],
  ])('contains no more of a text than the index does', (name, beginning) => {
    expect(valuesOf(by('name'), cursorOf(by('name'), { id: 7, name }))).toEqual([beginning, '7']);
    expect(cursorOf(by('name'), { id: 7, name }).length).toBeLessThan(2048);
  });

  it('of a UUID has no hyphens, and may contain only the beginning of the UUID', () => {
    const order = new ListOrder(metadata, ['key', 'ASC'], null);
    const key = '01a1084d-6c00-7a3e-9c41-5d2b8f7e6a10';
    const cursor = order.pageOf([{ key }, { key }, { key }], request(), order.parseStart(request())).info.next!;
    expect(cursor).toBe(`${key.replaceAll('-', '')}.2`);
    expect(valuesOf(order, cursor)).toEqual([key.replaceAll('-', '')]);
    expect(valuesOf(order, '1015001.3')).toEqual(['1015001'.padEnd(32, '0')]);
  });
});

const rows = (...ids: number[]) => ids.map((id) => ({ id }));

function pageOf(found: { id: number }[], given: Partial<PageRequest> = {}) {
  const order = by();
  return order.pageOf(found, request(given), order.parseStart(request(given)));
}

describe('a page', () => {
  it.each([
    ['the only page', rows(1, 2), {}, rows(1, 2), { skip: 0 }],
    ['the first page', rows(1, 2, 3), {}, rows(1, 2), { skip: 0, next: '2.2' }],
    ['a later page by its number', rows(5, 6, 7), { page: 3 }, rows(5, 6), { skip: 4, prev: '5.4', next: '6.6' }],
    ['a page after the end', [], { page: 9 }, [], { skip: 16 }],
    ['the next page', rows(3, 4, 5), { after: '2.2' }, rows(3, 4), { skip: 2, prev: '3.2', next: '4.4' }],
    ['the last page', rows(5), { after: '4.4' }, rows(5), { skip: 4, prev: '5.4' }],
    ['the previous page', rows(4, 3, 2), { before: '5.4' }, rows(3, 4), { skip: 2, prev: '3.2', next: '4.4' }],
    ['the first page, backwards', rows(2, 1), { before: '3.2' }, rows(1, 2), { skip: 0, next: '2.2' }],
    [
      'after and before together: the rows after',
      rows(3),
      { after: '2.2', before: '9.9' },
      rows(3),
      { skip: 2, prev: '3.2' },
    ],
  ])('has the expected rows and cursors: %s', (_name, found, given, shown, edges) => {
    const page = pageOf(found, given);
    expect(page.rows).toEqual(shown);
    expect(page.info).toEqual({ limit: 2, ...edges });
  });
});
