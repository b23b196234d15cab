import { currentContext, type RequestContext } from '../context/request-context.js';
import type { Replica } from './replica.js';

type Find = () => Promise<Replica | undefined>;

const finders = new WeakMap<RequestContext, Find>();

/** The reads of this request may be a replica's, which is looked for at the first of them: one for all, so that they fit together. */
export function offerReplica(context: RequestContext, find: Find): void {
  let found: Promise<Replica | undefined> | undefined;
  finders.set(context, () => (found ??= find()));
}

/** The replica that this code may read; undefined, without a wait, outside of a request that only reads, as in jobs. */
export function replicaAtHand(): Promise<Replica | undefined> | undefined {
  const context = currentContext();
  return (context && finders.get(context))?.().then((replica) => (replica?.state === 'ok' ? replica : undefined));
}
