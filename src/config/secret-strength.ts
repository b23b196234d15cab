// Recognizes weak secrets.

/** Keys from documentation and templates. */
const SAMPLES: ReadonlySet<string> = new Set([
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7', // the tutorial of FastAPI
  'a-string-secret-at-least-256-bits-long', // jwt.io
  'your-256-bit-secret',
  'supersecretkeyyoushouldnotcommittogithub',
]);

/** Words of placeholders, which are ignored. */
const WORDS =
  /change[-_ ]?(?:this|me|it)|replace[-_ ]?(?:this|me|it)|your|super|secret|passw[o0]rd|example|sample|default|placeholder|jwt|token|key|test|admin|aerie|postgres|qwerty|letmein/gi;

/** Whether the secret is a known sample, or little more than placeholder words. */
export function isSample(secret: string): boolean {
  const text = secret.toLowerCase();
  const rest = text.replaceAll(WORDS, '').replaceAll(/[^\da-z]/g, '');
  return SAMPLES.has(text) || rest.length < 4;
}

/**
 * The minimum number of different steps. Of 1000 random texts of 32 hexadecimal digits, two have fewer. Of 20,000 texts
 * of 64 digits, or of 32 bytes in base64, none has.
 */
const MIN_STEPS = 16;

/**
 * Whether the secret was not randomly generated: repeated characters, patterns and sequences have few different steps
 * from one character to the next, and words have neither digits nor capitals.
 */
export function isGuessable(secret: string): boolean {
  const codes = Array.from(secret.replaceAll(WORDS, ''), (char) => char.codePointAt(0)!);
  const steps = new Set(codes.slice(1).map((code, i) => code - codes[i]!));
  return steps.size < MIN_STEPS || !/[\dA-Z]/.test(secret);
}
