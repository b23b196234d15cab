import { jest } from '@jest/globals';
import pg from 'pg';
import { ArrayQuery } from './array-query.js';

const INT4 = 23;
const TEXT = 25;
const FIELDS = [
  { name: 'id', dataTypeID: INT4 },
  { name: 'name', dataTypeID: TEXT },
] as pg.FieldDef[];

const ended = jest.fn();
const client = { getTypeParser: (id: number) => (text: string) => (id === INT4 ? parsed(text) : text) };
const newQuery = () => new ArrayQuery(client, { text: 'select', name: 'a' }, [], ended);

function parsed(text: string): number {
  if (text === 'broken') throw new Error('Not a number');
  return Number(text);
}

beforeEach(() => ended.mockReset());

it('collects rows as arrays of parsed values', () => {
  const query = newQuery();
  query.handleRowDescription({ fields: FIELDS });
  query.handleDataRow({ fields: ['1', 'lamp'] });
  query.handleDataRow({ fields: [null, ''] });
  query.handleCommandComplete();
  query.handleReadyForQuery();
  expect(ended.mock.calls).toEqual([
    [
      undefined,
      {
        fields: FIELDS,
        rows: [
          [1, 'lamp'],
          [null, ''],
        ],
      },
    ],
  ]);
});

it('fails if a value cannot be parsed', () => {
  const query = newQuery();
  query.handleRowDescription({ fields: FIELDS });
  query.handleDataRow({ fields: ['broken', 'a'] });
  query.handleDataRow({ fields: ['2', 'b'] });
  query.handleReadyForQuery();
  expect(ended).toHaveBeenCalledTimes(1);
  expect(ended).toHaveBeenCalledWith(new Error('Not a number'), expect.anything());
});

it('calls what has replaced its callback: the time limit of pg, or an instrumentation', () => {
  const query = newQuery();
  query.callback = jest.fn();
  query.handleReadyForQuery();
  expect(query.callback).toHaveBeenCalledWith(undefined, { fields: [], rows: [] });
  expect(ended).not.toHaveBeenCalled();
});

it('replaces handlers of pg, and uses no property of pg', () => {
  const handlers = ['handleRowDescription', 'handleDataRow', 'handleCommandComplete', 'handleReadyForQuery'];
  const ofPg = new pg.Query('select', [], () => {}) as unknown as Record<string, unknown>;
  expect(handlers.map((name) => typeof ofPg[name])).toEqual(handlers.map(() => 'function'));
  const own = Object.keys(newQuery()).slice(Object.keys(ofPg).length);
  expect(own).toEqual(['client', 'fields', 'parsers', 'results']);
  expect(ofPg).not.toHaveProperty('error');
});
