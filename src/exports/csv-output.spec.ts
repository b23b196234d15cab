import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { CsvOutput, QUOTE_MARK } from './csv-output.js';

async function output(text: string, size: number, bom = false): Promise<string> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  return (await buffer(Readable.from(pieces).pipe(new CsvOutput({ bom, highWaterMark: 1024 })))).toString();
}

it.each([1, 5, 31, 32, 33, 1000])(
  'replaces each quote mark with a quote for any chunk size (%i bytes)',
  async (size) => {
    const text = `1,${QUOTE_MARK}a\tb${QUOTE_MARK},2\n3,c,4\n${QUOTE_MARK}${QUOTE_MARK}`;
    expect(await output(text, size)).toBe('1,"a\tb",2\n3,c,4\n""');
  },
);

it('does not change an incomplete quote mark', async () => {
  const text = `${QUOTE_MARK.slice(0, 31)},${QUOTE_MARK.slice(1)},${QUOTE_MARK.slice(0, 5)}`;
  for (const size of [1, 7, 1000]) expect(await output(text, size)).toBe(text);
});

it('writes one byte order mark at the start', async () => {
  for (const size of [1, 1000]) expect(await output('id\n1\n', size, true)).toBe('\ufeffid\n1\n');
});

it('changes nothing except the quote marks', async () => {
  const part = fc.oneof(fc.string(), fc.constantFrom(QUOTE_MARK, QUOTE_MARK.slice(0, 7), '"', ',', '\n'));
  await fc.assert(
    fc.asyncProperty(fc.array(part), fc.integer({ min: 1, max: 40 }), async (parts, size) => {
      const text = parts.join('');
      expect(await output(text, size)).toBe(text.replaceAll(QUOTE_MARK, '"'));
    }),
  );
});
