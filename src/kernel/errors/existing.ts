import type { AppError } from './app-error.js';

/** Returns the row that was found, or throws `missing(id)`, such as a 404, if there is none. */
export function existing<T>(row: T | null | undefined, missing: (id: string) => AppError, id: number | string): T {
  if (row === null || row === undefined) throw missing(String(id));
  return row;
}
