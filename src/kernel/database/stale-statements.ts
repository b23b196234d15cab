import { isStaleStatement } from '../errors/database-errors.js';

// Detects prepared statements that are stale: the schema changed, or the connection lost them.

const MINUTE_MS = 60_000;

/** Errors of stale prepared statements. */
const stale = new WeakSet<object>();
/** By statement name: when it last succeeded on any connection, as `performance.now()`. */
const succeededAt = new Map<string, number>();
/** Changes when a statement was stale; 0 until then. */
let generation = 0;
/** The statements of this generation, by the original ones. */
let renewed = new WeakMap<NamedStatement, NamedStatement>();

/** A prepared statement. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

/** Remembers that a prepared statement has succeeded. */
export function recordSuccess(name: string): void {
  succeededAt.set(name, performance.now());
}

/**
 * Returns the statement with a name and a text that no connection has prepared before a statement was stale. Behind a
 * pooler, new connections lead to the old sessions, and PgBouncer prepares each text only once in a session.
 */
export function renewedStatement(statement: NamedStatement): NamedStatement {
  if (generation === 0) return statement;
  let anew = renewed.get(statement);
  if (anew === undefined) {
    const named = { name: `${statement.name}.${generation}`, text: `${statement.text} /* ${generation} */` };
    anew = Object.create(Object.assign(Object.create(statement) as object, named)) as NamedStatement; // as in statement.ts
    renewed.set(statement, anew);
  }
  return anew;
}

/**
 * Returns whether a prepared statement failed because it is stale on its connection; `isStale` then returns true for
 * the error. Most error codes count only if the same statement has succeeded since the connection was opened, so that a
 * wrong statement is not repeated on new connections.
 */
export function checkStale(error: unknown, name: string | undefined, openedAt: number): boolean {
  const succeeded = name === undefined ? undefined : succeededAt.get(name);
  if (!isStaleStatement(error, succeeded !== undefined && succeeded > openedAt)) return false;
  stale.add(error as object);
  if (name !== undefined && Number(name.split('.')[1] ?? 0) === generation) beginGeneration();
  return true;
}

/** Processes whose statements become stale in the same minute share the new ones, also behind a pooler. */
function beginGeneration(): void {
  generation = Math.max(generation + 1, Math.floor(Date.now() / MINUTE_MS));
  renewed = new WeakMap();
}

/**
 * Whether checkStale identified the error as one of a stale statement. It had no effect and can be repeated on a new
 * connection.
 */
export function isStale(error: unknown): boolean {
  const source: unknown = (error as { driverError?: unknown } | undefined)?.driverError ?? error;
  return typeof source === 'object' && source !== null && stale.has(source);
}
