import { RowCounter } from './row-counter.js';

function counted(format: 'csv' | 'ndjson', ...chunks: string[]): number {
  const counter = new RowCounter(format);
  for (const chunk of chunks) counter.add(Buffer.from(chunk));
  return counter.rows;
}

it.each([
  [[''], 0],
  [['id,item\n'], 0],
  [['id,item\n', '1,Lamp\n'], 1],
  [['id,item\n1,"two\nlines"\n2,"a ""quoted"" word"\n'], 2],
  [['id,item\n1,"two', '\n', 'lines"\n2,x'], 1],
])('counts the rows of the CSV %j: %i', (chunks, rows) => {
  expect(counted('csv', ...chunks)).toBe(rows);
});

it.each([
  [[''], 0],
  [['{"a":"\\""}\n{}', '\n'], 2],
])('counts the rows of the NDJSON %j: %i', (chunks, rows) => {
  expect(counted('ndjson', ...chunks)).toBe(rows);
});
