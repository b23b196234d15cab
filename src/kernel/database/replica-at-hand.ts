import { currentContext, type RequestContext } from '../context/request-context.js';
import type { Replica } from './replica.js';

type Find = () => Promise<Replica | undefined>;

const finders = new WeakMap<RequestContext, Find>();

/** The reads of this request may be a replica's, which is looked for at the first of them: one for all, so that they fit together. */
export function offerReplica(context: RequestContext, find: Find): void {
  let found: Promise<Replica | undefined> | undefined;
  finders.set(context, () => (found ??= find()));
}

/** The replica that this code may read: none outside of a request that only reads, as in jobs. */
export async function replicaAtHand(): Promise<Replica | undefined> {
  const context = currentContext();
  const replica = await (context && finders.get(context))?.();
  return replica?.state === 'ok' ? replica : undefined;
}
