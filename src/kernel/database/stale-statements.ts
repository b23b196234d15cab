import { isStaleStatement } from '../errors/database-errors.js';

const stale = new WeakSet<object>();
/** By the name of a prepared statement, and `performance.now()`: when it was right last, on whatever connection. */
const wasRight = new Map<string, number>();

export function noteRight(name: string): void {
  wasRight.set(name, performance.now());
}

/**
 * Whether a statement failed for what its connection has kept, and not for itself; `isStale` knows it then. One that was
 * right since the connection was opened may be right on a newer one: what is wrong for good is told soon, by new ones.
 */
export function checkStale(error: unknown, name: string | undefined, openedAt: number): boolean {
  const right = name === undefined ? undefined : wasRight.get(name);
  if (!isStaleStatement(error, right !== undefined && right > openedAt)) return false;
  stale.add(error as object);
  return true;
}

/** Whether it was found stale. Nothing has happened, and a new connection can do it. */
export function isStale(error: unknown): boolean {
  const source: unknown = (error as { driverError?: unknown } | undefined)?.driverError ?? error;
  return typeof source === 'object' && source !== null && stale.has(source);
}
