import type { AppError } from './app-error.js';

/** The row, where there is one. Throws the named error of its id. */
export function existing<T>(row: T | null | undefined, missing: (id: string) => AppError, id: number | string): T {
  if (row === null || row === undefined) throw missing(String(id));
  return row;
}
