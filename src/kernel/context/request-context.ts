import type { Span, SpanContext } from '@opentelemetry/api';
import type { Response } from 'express';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Preconditions } from './preconditions.js';

// The request context: AsyncLocalStorage holds it for all code that runs for a request.

/** Data of the current request that any code may need. Higher layers add fields by declaration merging. */
export interface RequestContext {
  readonly id: string;
  /** The client's address, from `X-Forwarded-For` if the proxy is trusted. */
  readonly address?: string | undefined;
  /** The trace id: the caller's, or a new one if the request is traced. */
  readonly trace_id?: string | undefined;
  /** The caller's span context. */
  readonly caller?: SpanContext | undefined;
  /** The request's span, if a tracer provider is registered. */
  readonly span?: Span | undefined;
  readonly response: Response;
  /** `performance.now()` when the request arrived. */
  readonly startedAt: number;
  /** The request's statements (activity.ts). */
  readonly statements: (string | number)[];
  /** Milliseconds during which at least one of the request's SQL statements was running. */
  database_ms: number;
  /** The number of statements that are running, and the time since which at least one is. */
  running_statements?: { running: number; since: number };
  /** Whether its request line and headers were accepted, so that it may match a route. */
  isAccepted?: boolean;
  /**
   * The account id of the request's token, also on public routes, where it says only who sends the request, not what
   * they may do. AccessGuard sets it. After a sign-in, it is the account that has signed in.
   */
  account?: number | undefined;
  preconditions?: Preconditions | undefined;
  /**
   * The error of the response, if the request has timed out. It must then neither run further statements nor commit.
   */
  timedOut?: Error;
  /** Created by `requestSignal()`. */
  abortController?: AbortController;
}

const CONTEXT = Symbol('request context');
const current = new AsyncLocalStorage<RequestContext | undefined>();

/** Returns the context of a request; undefined before the middleware has run. */
export function contextOf(request: object): RequestContext | undefined {
  return (request as Partial<Record<typeof CONTEXT, RequestContext>>)[CONTEXT];
}

export function setContext(request: object, context: RequestContext): void {
  (request as Partial<Record<typeof CONTEXT, RequestContext>>)[CONTEXT] = context;
}

/** Runs `work` with this context, or without one. All code in it gets the context from `currentContext()`. */
export function runInContext(context: RequestContext | undefined, work: () => void): void {
  current.run(context, work);
}

/** Returns the context of the current request, or undefined outside of requests. */
export function currentContext(): RequestContext | undefined {
  return current.getStore();
}

/** Throws if the current request was answered as timed out. */
export function assertInTime(): void {
  const timedOut = current.getStore()?.timedOut;
  if (timedOut) throw timedOut;
}

/** Returns a signal that aborts when the client disconnects or the request times out. */
export function requestSignal(context: RequestContext): AbortSignal {
  if (context.abortController) return context.abortController.signal;
  const { response } = context;
  const controller = (context.abortController = new AbortController());
  if (response.destroyed || context.timedOut) controller.abort();
  else response.once('close', () => response.writableFinished || controller.abort());
  return controller.signal;
}
