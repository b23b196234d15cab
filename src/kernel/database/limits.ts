import type { Config } from '../config/config.js';

/**
 * What a request's work on the database may take, in milliseconds: each deadline holds behind any caller, and is shorter
 * than the one around it, so that it is the inner one that fails, with an error that says why.
 */
export interface Limits {
  /** Waiting for a connection while others have all of them. */
  readonly acquire: number;
  /** Opening a connection. */
  readonly connect: number;
  /** From sending a statement to its answer, counted here: PostgreSQL cannot count while it is frozen, or out of reach. */
  readonly query: number;
  /** One statement, counted by PostgreSQL. */
  readonly statement: number;
  /** Waiting for a lock: longer than PostgreSQL's `deadlock_timeout` (1 s), so that a deadlock is found out as one, and tried again. */
  readonly lock: number;
  /** A transaction, and the pause of one that its program forgot. */
  readonly transaction: number;
}

/** The whole ladder follows from how long a request may take. */
export function limitsOf(config: Config): Limits {
  const request = config.requestMs;
  return {
    acquire: request / 8,
    connect: request / 4,
    query: request / 2,
    statement: (request * 3) / 8,
    lock: (request * 3) / 20,
    transaction: (request * 5) / 4,
  };
}
