import { currentContext, type RequestContext } from '../context/request-context.js';
import type { Replica } from './replica.js';

// The replica that the current request reads from.

type FindReplica = () => Promise<Replica | undefined>;

const finders = new WeakMap<RequestContext, FindReplica>();

/**
 * Lets a request read from a replica. `find` is called at its first read; all its reads use the same replica, so that they are
 * consistent.
 */
export function setRequestReplica(context: RequestContext, find: FindReplica): void {
  let found: Promise<Replica | undefined> | undefined;
  finders.set(context, () => (found ??= find()));
}

/**
 * Returns the replica of the current request. Undefined (not a promise) outside of requests that may read from replicas, as in
 * jobs.
 */
export function requestReplica(): Promise<Replica | undefined> | undefined {
  const context = currentContext();
  return (context && finders.get(context))?.().then((replica) => (replica?.state === 'ok' ? replica : undefined));
}
