import { csvField } from './csv-field.js';

it.each([
  ['Lamp', '"Lamp"'],
  ['', '""'],
  ['A "small" lamp', '"A ""small"" lamp"'],
  ['a,b;c\td\ne', '"a,b;c\td\ne"'],
  ['a - b = c', '"a - b = c"'],
])('%j has no formula and is only quoted', (text, field) => {
  expect(csvField(text)).toBe(field);
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '＝1', '＋1', '－1', '＠x', '\t1', '\r1', '\n1'])(
  '%j gets an apostrophe as a whole',
  (text) => {
    expect(csvField(text)).toBe(`"'${text}"`);
  },
);

it.each([
  ['a;=1', `"a;'=1"`],
  ['a;=1;=2;b', `"a;'=1;'=2;b"`],
  ['a\t＝1', `"a\t'＝1"`],
  ['a\r\n-1\n@b', `"a\r\n'-1\n'@b"`],
  ['=1;=2', `"'=1;'=2"`],
  ['\t=1', `"'\t'=1"`],
  ['a;" "=HYPERLINK(A1)', `"a;'"" ""=HYPERLINK(A1)"`],
])('%j gets an apostrophe before each part that is a formula', (text, field) => {
  expect(csvField(text)).toBe(field);
});

it('two texts of a row cannot form a formula together', () => {
  const row = ['a;=1&', '&2;b'].map(csvField).join();
  expect(row.split(';')[1]).toMatch(/^'/);
});
