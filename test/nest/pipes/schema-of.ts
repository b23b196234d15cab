type Issue = { message: string; path: string[] };
type Result<T> = { value: T } | { issues: Issue[] };

/** Returns a handwritten Standard Schema, like those of schema libraries. */
export function schemaOf<T>(read: (value: Record<string, unknown>) => Result<T>) {
  const validate = (value: unknown) => read((value ?? {}) as Record<string, unknown>);
  return { '~standard': { version: 1 as const, vendor: 'by-hand', validate } };
}
