import { instruments } from '../common/instruments.js';
import { kindOf, statementBegan, statementEnded } from './statement-durations.js';

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
])('%j is told as %s: never more of a statement than its first word', (text, kind) => {
  expect(kindOf(text)).toBe(kind);
});

it('nothing is measured while nobody hears', () => {
  expect(statementBegan()).toBeUndefined();
});

it('a statement is measured in either form', () => {
  const heard: string[] = [];
  histogram.record = ({ kind }, seconds) => heard.push(`${kind} ${seconds >= 0}`);
  statementEnded(statementBegan(), 'select 1');
  statementEnded(statementBegan(), { text: 'delete from items', values: [] });
  statementEnded(undefined, 'select 1'); // it began while nobody heard
  expect(heard).toEqual(['select true', 'delete true']);
});
