/** Keys that are printed in manuals and templates. */
const SAMPLES: ReadonlySet<string> = new Set([
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7', // the tutorial of FastAPI
  'a-string-secret-at-least-256-bits-long', // jwt.io
  'your-256-bit-secret',
  'supersecretkeyyoushouldnotcommittogithub',
]);

/** What people write where a secret should be; such words are worth nothing. */
const WORDS =
  /change[-_ ]?(?:this|me|it)|replace[-_ ]?(?:this|me|it)|your|super|secret|passw[o0]rd|example|sample|default|placeholder|jwt|token|key|test|admin|aerie|postgres|qwerty|letmein/gi;

/** Whether it is a sample, or little more than the words that samples are made of. */
export function isSample(secret: string): boolean {
  const text = secret.toLowerCase();
  const rest = text.replaceAll(WORDS, '').replaceAll(/[^\da-z]/g, '');
  return SAMPLES.has(text) || rest.length < 4;
}

/**
 * A low estimate of how many bits a secret holds: the entropy of its characters, without known words, what continues a
 * sequence (`abcd`, `aaaa`) and what was there before.
 */
export function bitsOf(secret: string): number {
  const text = novel(secret.replaceAll(WORDS, ''));
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / text.length);
  const entropy = -shares.reduce((sum, share) => sum + share * Math.log2(share), 0);
  const isHex = /^[\da-f]*$/i.test(text) && counts.size >= 10; // few characters: the estimate would be too low
  return text.length * (isHex ? 4 : entropy);
}

const REPEAT = 4;

function novel(text: string): string {
  const chars = [...text];
  return chars.filter((_, i) => !continues(chars, i) && !repeats(text, i)).join('');
}

/** The fourth of four characters at equal small steps, and all that follow. */
function continues(chars: readonly string[], at: number): boolean {
  if (at < 3) return false;
  const [a, b, c, d] = chars.slice(at - 3, at + 1).map((char) => char.codePointAt(0)!) as [
    number,
    number,
    number,
    number,
  ];
  return Math.abs(d - c) <= 1 && d - c === c - b && c - b === b - a;
}

/** The last of four characters that stand together before. */
function repeats(text: string, at: number): boolean {
  const start = at - REPEAT + 1;
  return start > 0 && text.slice(0, at).includes(text.slice(start, at + 1));
}
