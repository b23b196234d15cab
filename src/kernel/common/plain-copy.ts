/**
 * Whether a value is a plain object with exactly these properties: the copy of an instance that
 * ClassSerializerInterceptor makes, or that a cache has stored as JSON. Other properties may be undefined.
 */
export function isPlainCopy(value: unknown, names: readonly string[]): boolean {
  if (!isPlainObject(value) || !names.every((name) => Object.hasOwn(value, name))) return false;
  return Object.entries(value).every(([name, one]) => one === undefined || names.includes(name));
}

/** Whether a value is an object without a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
