import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { Sha256 } from '../../client/dist/sha256.js';

it('is the SHA-256 that everybody knows, in whatever parts the bytes come', () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 });
  fc.assert(
    fc.property(parts, (given) => {
      const [ours, theirs] = [new Sha256(), createHash('sha256')];
      for (const part of given) {
        ours.update(part);
        theirs.update(part);
      }
      expect(ours.digest()).toBe(theirs.digest('hex'));
    }),
    { numRuns: 300 },
  );
});

it('pads every length of a last block well', () => {
  for (let length = 0; length <= 130; length++) {
    const bytes = new Uint8Array(length).fill(length);
    expect(new Sha256().update(bytes).digest()).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});
