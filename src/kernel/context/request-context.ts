import type { Span } from '@opentelemetry/api';
import type { Response } from 'express';
import { currentActivity, type Activity } from './activity.js';
import type { Preconditions } from './preconditions.js';

// The request context: the activity of all code that runs for a request.

/** Data of the current request that any code may need. Higher layers add fields by declaration merging. */
export interface RequestContext extends Activity {
  readonly id: string;
  readonly job_id?: never;
  /** The client's address, from `X-Forwarded-For` if the proxy is trusted. */
  readonly address?: string | undefined;
  /** The request's span, if a tracer provider is registered. */
  readonly span?: Span | undefined;
  readonly response: Response;
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

/** Returns the context of a request; undefined before the middleware has run. */
export function contextOf(request: object): RequestContext | undefined {
  return (request as Partial<Record<typeof CONTEXT, RequestContext>>)[CONTEXT];
}

export function setContext(request: object, context: RequestContext): void {
  (request as Partial<Record<typeof CONTEXT, RequestContext>>)[CONTEXT] = context;
}

/** Returns the context of the current request, or undefined outside of requests. */
export function currentContext(): RequestContext | undefined {
  const activity = currentActivity();
  return activity?.job_id === undefined ? (activity as RequestContext | undefined) : undefined;
}

/** Throws if the current request was answered as timed out. */
export function assertInTime(): void {
  const timedOut = currentContext()?.timedOut;
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
