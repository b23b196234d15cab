// The original order of keys in parsed JSON, in which errors are reported.

const orders = new WeakMap<object, readonly string[]>();

/**
 * Returns the keys of an object in the order in which they were sent. JavaScript moves integer-like keys to the front.
 */
export function keysAsSent(value: object): readonly string[] {
  return orders.get(value) ?? Object.keys(value);
}

const NUMERIC_KEY = /"\d+"\s*:/;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g;

/** Remembers the order of keys, if any are integer-like. `value` is the parsed `text`. */
export function noteKeyOrder(text: string, value: unknown): void {
  if (!NUMERIC_KEY.test(text)) return;
  // with a letter in front, no key is integer-like
  const lettered = text.replaceAll(STRING, (token, colon?: string) => (colon ? `"k${token.slice(1)}` : token));
  note(value, JSON.parse(lettered));
}

function note(value: unknown, lettered: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const twin = lettered as Record<string, unknown>;
  const letter = Array.isArray(value) ? '' : 'k';
  const keys = Object.keys(twin).map((key) => key.slice(letter.length));
  orders.set(value, keys);
  for (const key of keys) note((value as Record<string, unknown>)[key], twin[letter + key]);
}
