import type { AppError } from './app-error.js';

/** Returns the row that was found, or throws `notFound(id)`, such as a 404, if there is none. */
export function existing<T>(row: T | null | undefined, notFound: (id: string) => AppError, id: number | string): T {
  if (row === null || row === undefined) throw notFound(String(id));
  return row;
}
