import fc from 'fast-check';
import { recordsOf, type FileRecord } from './records.js';

async function read(text: string | Buffer, quotes: boolean, size = 7): Promise<FileRecord[]> {
  const bytes = Buffer.from(text);
  async function* source() {
    for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
  }
  const found = [];
  for await (const record of recordsOf(source(), quotes)) found.push(record);
  return found;
}

const shown = async (text: string, quotes = true) =>
  (await read(text, quotes)).map(({ line, bytes }) => [line, bytes?.toString()]);

it.each([
  [
    'a,b\n1,2\n',
    [
      [1, 'a,b'],
      [2, '1,2'],
    ],
  ],
  [
    'a,b\r\n1,2',
    [
      [1, 'a,b'],
      [2, '1,2'],
    ],
  ],
  [
    '\ufeffa\n\n\r\nb\n',
    [
      [1, 'a'],
      [4, 'b'],
    ],
  ],
  [
    'a,"x\ny"\nb',
    [
      [1, 'a,"x\ny"'],
      [3, 'b'],
    ],
  ],
  [
    'a,"x""\ny"\nb',
    [
      [1, 'a,"x""\ny"'],
      [3, 'b'],
    ],
  ],
  [
    '5" disk\nb',
    [
      [1, '5" disk'],
      [2, 'b'],
    ],
  ], // a quote in the middle of a field does not open a quoted text
  [
    '"a"x"\nb',
    [
      [1, '"a"x"'],
      [2, 'b'],
    ],
  ],
  ['', []],
])('reads the records of %j', async (text, expected) => {
  expect(await shown(text)).toEqual(expected);
});

it('does not interpret quotes if quoting is off', async () => {
  expect(await shown('"a\nb"', false)).toEqual([
    [1, '"a'],
    [2, 'b"'],
  ]);
});

it.each([true, false])('drops a row that is too long and continues with the next row (quotes: %s)', async (quotes) => {
  const long = 'x'.repeat(10_001);
  expect(await shown(`a\n${long}\nb\n${long.slice(1)}\nc`, quotes)).toEqual([
    [1, 'a'],
    [2, undefined],
    [3, 'b'],
    [4, long.slice(1)],
    [5, 'c'],
  ]);
});

it('loses only the rows within an unclosed quote, not the rest of the file', async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => `row ${i}`);
  const found = await shown(`a,"open\n${rows.join('\n')}\n`);
  expect(found[0]).toEqual([1, undefined]);
  expect(found.at(-1)).toEqual([3001, 'row 2999']);
  expect(found.length).toBeGreaterThan(1500);
});

it('returns the same records for any chunk size', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', 'ü'), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (given, size) => {
      expect(await read(given, true, size)).toEqual(await read(given, true, 1000));
    }),
  );
});
