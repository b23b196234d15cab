import fc from 'fast-check';
import { piecesOf } from './pieces.js';

async function cut(chunks: readonly Uint8Array[], bytes: number): Promise<Buffer[]> {
  async function* source() {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  }
  const pieces = [];
  for await (const piece of piecesOf(source(), bytes)) pieces.push(piece);
  return pieces;
}

const texts = async (chunks: readonly string[], bytes: number) =>
  (
    await cut(
      chunks.map((chunk) => Buffer.from(chunk)),
      bytes,
    )
  ).map(String);

it.each([
  [['abcdef'], ['abc', 'def']],
  [
    ['a', 'b', 'c', 'd'],
    ['abc', 'd'],
  ],
  [['abcdefgh'], ['abc', 'def', 'gh']],
  [['', 'ab', ''], ['ab']],
  [[], []],
])('splits %j into pieces of three bytes', async (chunks, expected) => {
  expect(await texts(chunks, 3)).toEqual(expected);
});

it('keeps all bytes, and all pieces except the last have the full size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.integer({ min: 1, max: 30 }),
      async (chunks, bytes) => {
        const pieces = await cut(chunks, bytes);
        expect(Buffer.concat(pieces)).toEqual(Buffer.concat(chunks));
        expect(pieces.slice(0, -1).every(({ length }) => length === bytes)).toBe(true);
        expect(pieces.every(({ length }) => length > 0)).toBe(true);
      },
    ),
  );
});
