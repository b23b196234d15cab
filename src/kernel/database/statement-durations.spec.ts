import { instruments } from '../common/instruments.js';
import { kindOf, statementEnded, textOf } from './statement-durations.js';

const name = 'aerie_database_statement_duration_seconds';
const histogram = instruments.histograms.find(({ description }) => description.name === name)!;

afterEach(() => {
  histogram.record = undefined;
});

it.each([
  ['select 1', 'select'],
  ['\n  insert into items (id) values ($1)', 'insert'],
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
  const heard: string[] = [];
  histogram.record = ({ kind }, seconds) => heard.push(`${kind} ${seconds >= 0}`);
  statementEnded(performance.now(), 'select 1');
  statementEnded(performance.now(), { text: 'delete from items', values: [] });
  histogram.record = undefined;
  statementEnded(performance.now(), 'select 1');
  expect(heard).toEqual(['select true', 'delete true']);
});
