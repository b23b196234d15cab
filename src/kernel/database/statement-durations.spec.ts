import { instruments } from '../common/instruments.js';
import { kindOf, recordStatement, textOf } from './statement-durations.js';

const name = 'aerie_database_statement_duration_seconds';
const histogram = instruments.histograms.find(({ description }) => description.name === name)!;

afterEach(() => {
  histogram.isEnabled = false;
});

it.each([
  ['select 1', 'select'],
  ['\n  insert into items (id) values ($1)', 'insert'],
  ['select\n  1', 'select'],
  ['COMMIT', 'commit'],
  ['(select 1)', 'other'],
  ['START TRANSACTION', 'start'],
  ['with last as (select 1) update items set id = 1', 'with'],
  ['drop table items', 'other'],
  ['', 'other'],
])('the statement %j has the label %s, which contains at most its first word', (text, kind) => {
  expect(kindOf(text)).toBe(kind);
});

it('textOf returns the text of a statement without its parameters', () => {
  expect([textOf('select 1'), textOf({ text: 'select $1', values: ['secret'] })]).toEqual(['select 1', 'select $1']);
});

it('the duration of a statement is recorded for both of its forms, text and object', () => {
  histogram.isEnabled = true;
  recordStatement(2, 'select 1');
  recordStatement(3, { text: 'delete from items', values: [] });
  histogram.isEnabled = false;
  recordStatement(4, 'select 1');
  expect(histogram.series.map(({ labels, sum }) => [labels['kind'], sum])).toEqual([
    ['select', 0.002],
    ['delete', 0.003],
  ]);
});
