import type { AppError } from './app-error.js';

/** Returns the row of an id, or throws the named error for it. */
export function existing<T>(row: T | null | undefined, missing: (id: string) => AppError, id: number | string): T {
  if (row === null || row === undefined) throw missing(String(id));
  return row;
}
