import type { Response } from 'express';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Preconditions } from './preconditions.js';

/** What the lower layers know of the request that they work for. `kernel/http` adds what only it needs. */
export interface RequestContext {
  readonly id: string;
  readonly response: Response;
  /** `performance.now()` when the request arrived. */
  readonly began: number;
  /** Milliseconds in which at least one of its SQL statements ran. */
  database_ms: number;
  /** How many statements run now, and since when at least one does. */
  database_now?: { running: number; since: number };
  /** Its head is one that is looked at: it belongs to a route, if there is one. */
  isAccepted?: boolean;
  preconditions?: Preconditions | undefined;
  /** Set once the request was answered as too late: what it still does must not happen. */
  timedOut?: Error;
  /** Made by `abandonment()`. */
  abandoned?: AbortController;
}

const CONTEXT = Symbol('request context');
const current = new AsyncLocalStorage<RequestContext>();

/** The context of a request; undefined before its middleware ran. */
export function contextOf(request: object): RequestContext | undefined {
  return (request as Partial<Record<typeof CONTEXT, RequestContext>>)[CONTEXT];
}

export function setContext(request: object, context: RequestContext): void {
  (request as Partial<Record<typeof CONTEXT, RequestContext>>)[CONTEXT] = context;
}

/** Runs what answers the request. Everything that it awaits finds the context by `currentContext()`. */
export function runInContext(context: RequestContext, work: () => void): void {
  current.run(context, work);
}

/** The request that this code runs for, if any. */
export function currentContext(): RequestContext | undefined {
  return current.getStore();
}

/** Throws once the request that this code runs for was answered as too late. */
export function assertInTime(): void {
  const timedOut = current.getStore()?.timedOut;
  if (timedOut) throw timedOut;
}

/** Aborted when nobody waits for the answer any more: the client has left, or the request was answered as too late. */
export function abandonment(context: RequestContext): AbortSignal {
  if (context.abandoned) return context.abandoned.signal;
  const { response } = context;
  const controller = (context.abandoned = new AbortController());
  if (response.destroyed || context.timedOut) controller.abort();
  else response.once('close', () => response.writableFinished || controller.abort());
  return controller.signal;
}
