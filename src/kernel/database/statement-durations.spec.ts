import { instruments } from '../common/instruments.js';
import { kindOf, recordStatementDuration, sqlOf } from './statement-durations.js';

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
  expect([sqlOf('select 1'), sqlOf({ text: 'select $1', values: ['secret'] })]).toEqual(['select 1', 'select $1']);
});

it('the duration of a statement is recorded for both of its forms, text and object', () => {
  histogram.isEnabled = true;
  recordStatementDuration(2, 'select 1');
  recordStatementDuration(3, { text: 'delete from items', values: [] });
  histogram.isEnabled = false;
  recordStatementDuration(4, 'select 1');
  expect(histogram.series.map(({ labels, sum }) => [labels['kind'], sum])).toEqual([
    ['select', 0.002],
    ['delete', 0.003],
  ]);
});
