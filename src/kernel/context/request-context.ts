import type { Response } from 'express';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Preconditions } from './preconditions.js';

/** The request that code works for, as lower ranks see it. */
export interface RequestContext {
  readonly id: string;
  /** Of the client, as the proxies that are believed tell it. */
  readonly address?: string | undefined;
  /** Of the trace that its caller has begun, if any. */
  readonly trace_id?: string | undefined;
  readonly response: Response;
  /** `performance.now()` when the request arrived. */
  readonly began: number;
  /** Milliseconds in which at least one of its SQL statements ran. */
  database_ms: number;
  /** The number of statements that run now, and since when at least one does. */
  database_now?: { running: number; since: number };
  /** Its request line and headers were accepted, so that it may match a route. */
  isAccepted?: boolean;
  preconditions?: Preconditions | undefined;
  /** Set once the request was answered as timed out. It must run no further statement and commit nothing. */
  timedOut?: Error;
  /** Created by `abandonment()`. */
  abandoned?: AbortController;
}

const CONTEXT = Symbol('request context');
const current = new AsyncLocalStorage<RequestContext | undefined>();

/** The context of a request; undefined before its middleware ran. */
export function contextOf(request: object): RequestContext | undefined {
  return (request as Partial<Record<typeof CONTEXT, RequestContext>>)[CONTEXT];
}

export function setContext(request: object, context: RequestContext): void {
  (request as Partial<Record<typeof CONTEXT, RequestContext>>)[CONTEXT] = context;
}

/** Runs `work` with this context, or without one: everything in it finds it by `currentContext()`. */
export function runInContext(context: RequestContext | undefined, work: () => void): void {
  current.run(context, work);
}

/** The current request, if any. */
export function currentContext(): RequestContext | undefined {
  return current.getStore();
}

/** Throws if the current request was answered as timed out. */
export function assertInTime(): void {
  const timedOut = current.getStore()?.timedOut;
  if (timedOut) throw timedOut;
}

/** A signal that aborts when the client has disconnected or the request was answered as timed out. */
export function abandonment(context: RequestContext): AbortSignal {
  if (context.abandoned) return context.abandoned.signal;
  const { response } = context;
  const controller = (context.abandoned = new AbortController());
  if (response.destroyed || context.timedOut) controller.abort();
  else response.once('close', () => response.writableFinished || controller.abort());
  return controller.signal;
}
