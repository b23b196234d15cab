import type { Config } from '../../config/config.js';

/**
 * Timeouts of the connections that serve requests, in milliseconds. Each is shorter than the one around it, so that the
 * innermost fails first, with an error that says why.
 */
export interface DatabaseTimeouts {
  /** Waiting for a free connection of the pool. */
  readonly acquire: number;
  /** Opening a connection. */
  readonly connect: number;
  /**
   * From sending a statement, or from the result of the one before it, to its result. Measured by the client: PostgreSQL
   * cannot enforce its own while it hangs or is unreachable.
   */
  readonly query: number;
  /** `statement_timeout`, enforced by PostgreSQL. */
  readonly statement: number;
  /** `lock_timeout`. By default longer than `deadlock_timeout` (1 s), so that a deadlock is detected and retried. */
  readonly lock: number;
  /** `transaction_timeout` and `idle_in_transaction_session_timeout`. */
  readonly transaction: number;
}

/** Derives the timeouts from the request timeout. */
export function databaseTimeouts(config: Config): DatabaseTimeouts {
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
