import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { Sha256 } from '../../client/dist/sha256.js';

it('Sha256 matches the SHA-256 of Node for any division of the input', () => {
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

it('Sha256 pads a last block of any length correctly', () => {
  for (let length = 0; length <= 130; length++) {
    const bytes = new Uint8Array(length).fill(length);
    expect(new Sha256().update(bytes).digest()).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});
