const BLOCK = 64;

/** Returns the first 32 bits of the fractional parts of the square or cube roots of the first primes (FIPS 180-4). */
function rootsOfPrimes(count: number, root: 'sqrt' | 'cbrt'): Uint32Array {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (divisor * divisor > n) found.push((Math[root](n) % 1) * 2 ** 32);
  }
  return Uint32Array.from(found);
}

const ROUNDS = rootsOfPrimes(64, 'cbrt');

/**
 * The SHA-256 of bytes that come in parts. `crypto.subtle` needs all bytes at once, and does not exist in pages without
 * TLS.
 */
export class Sha256 {
  private readonly state = rootsOfPrimes(8, 'sqrt');
  private readonly words = new Uint32Array(64);
  private readonly rest = new Uint8Array(BLOCK);
  private length = 0;

  update(bytes: Uint8Array): this {
    for (let at = 0; at < bytes.length;) {
      const filled = this.length % BLOCK;
      const taken = bytes.subarray(at, at + BLOCK - filled);
      this.rest.set(taken, filled);
      this.length += taken.length;
      at += taken.length;
      if (this.length % BLOCK === 0) this.compress();
    }
    return this;
  }

  /** Returns the hash in hexadecimal. Nothing can be added afterwards. */
  digest(): string {
    const bits = this.length * 8;
    const padding = new Uint8Array(((BLOCK + 55 - (this.length % BLOCK)) % BLOCK) + 9);
    padding[0] = 0x80;
    new DataView(padding.buffer).setBigUint64(padding.length - 8, BigInt(bits));
    this.update(padding);
    return Array.from(this.state, (word) => word.toString(16).padStart(8, '0')).join('');
  }

  private compress(): void {
    const { words, state } = this;
    const view = new DataView(this.rest.buffer);
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(i * 4);
    for (let i = 16; i < 64; i++) {
      const [early, late] = [words[i - 15]!, words[i - 2]!];
      const small0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
      const small1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
      words[i] = words[i - 16]! + small0 + words[i - 7]! + small1;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[i]! + words[i]!;
      const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = state[i]! + word));
  }
}

const turn = (word: number, by: number) => (word >>> by) | (word << (32 - by));
