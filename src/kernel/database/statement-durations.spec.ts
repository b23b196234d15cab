import { instruments } from '../common/instruments.js';
import { kindOf, measured, statementBegan } from './statement-durations.js';

const name = 'aerie_database_statement_duration_seconds';
const histogram = instruments.histograms.find(({ description }) => description.name === name)!;

afterEach(() => {
  histogram.hear = undefined;
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

it('nothing is measured while nobody hears', async () => {
  expect(statementBegan()).toBeUndefined();
  expect(await measured(() => Promise.resolve(1))('select 1')).toBe(1);
});

it('statements are measured whether they succeed or fail, in either form', async () => {
  const heard: string[] = [];
  histogram.hear = ({ kind }, seconds) => heard.push(`${kind} ${seconds >= 0}`);
  await measured(() => Promise.resolve())('select 1');
  const failing = measured(() => Promise.reject(new Error('refused')))({ text: 'delete from items' });
  await expect(failing).rejects.toThrow('refused');
  measured(() => undefined)({ submit: () => {} }); // a COPY: a stream, whose end is its reader's
  expect(heard).toEqual(['select true', 'delete true']);
});
