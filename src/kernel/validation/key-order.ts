const orders = new WeakMap<object, readonly string[]>();

/** The object's keys in the order sent: JavaScript itself moves keys that look like list positions to the front. */
export function keysAsSent(value: object): readonly string[] {
  return orders.get(value) ?? Object.keys(value);
}

const NUMERIC_KEY = /"\d+"\s*:/;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g;

/** Notes the order of keys that JSON.parse could not keep; few texts have any. `value` is what `text` was parsed to. */
export function noteKeyOrder(text: string, value: unknown): void {
  if (!NUMERIC_KEY.test(text)) return;
  // with a letter in front no key looks like a position
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
