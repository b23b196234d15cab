import type { ArrayResult } from './array-query.js';
import { currentContext, type RequestContext } from '../context/request-context.js';
import type { Statement } from './pool.js';

// The replica that the current request reads from.

/** The parts of a read replica that statements and exports use. */
export interface ReadReplica {
  readonly url: string;
  /** Whether it may be read now. */
  readonly isHealthy: boolean;
  /** Returns undefined if the query failed and has to run on the primary. */
  query(statement: Statement, values: unknown[]): Promise<ArrayResult | undefined>;
}

type FindReplica = () => Promise<ReadReplica | undefined>;

const finders = new WeakMap<RequestContext, FindReplica>();

/**
 * Lets a request read from a replica. `find` is called at its first read; all its reads use the same replica, so that
 * they are consistent.
 */
export function setRequestReplica(context: RequestContext, find: FindReplica): void {
  let found: Promise<ReadReplica | undefined> | undefined;
  finders.set(context, () => (found ??= find()));
}

/**
 * Returns the replica of the current request. Undefined (not a promise) outside of requests that may read from
 * replicas, as in jobs.
 */
export function requestReplica(): Promise<ReadReplica | undefined> | undefined {
  const context = currentContext();
  return (context && finders.get(context))?.().then((replica) => (replica?.isHealthy ? replica : undefined));
}
