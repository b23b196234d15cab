/** Splits a stream into pieces of exactly this many bytes. The last piece can be smaller, but is never empty. */
export async function* piecesOf(source: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let kept: Buffer[] = [];
  let length = 0;
  for await (let chunk of source) {
    while (length + chunk.length >= bytes) {
      const taken = bytes - length;
      yield Buffer.concat([...kept, chunk.subarray(0, taken)], bytes);
      chunk = chunk.subarray(taken);
      [kept, length] = [[], 0];
    }
    if (chunk.length > 0) kept.push(chunk);
    length += chunk.length;
  }
  if (length > 0) yield Buffer.concat(kept, length);
}
