import type { NextFunction, Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import { runWithSpan, startRequestSpan } from '../common/tracing.js';
import { runAsActivity } from '../context/activity.js';
import { contextOf, setContext, type RequestContext } from '../context/request-context.js';
import { REQUEST_ID } from '../context/request-id.js';
import { parseTraceParent } from '../context/trace-parent.js';
import { clientAddress } from './client-address.js';

/** Creates the request context. All later code finds it with `currentContext()`. */
export function requestContextMiddleware(request: Request, response: Response, next: NextFunction): void {
  const context = openContext(request, response);
  if (context.span === undefined) runAsActivity(context, next);
  else runWithSpan(context.span, () => runAsActivity(context, next));
}

/** Returns the request context; creates it if the middleware has not run, as with Nest's own adapter in tests. */
export function contextFor(request: Request, response: Response): RequestContext {
  return contextOf(request) ?? openContext(request, response);
}

/** Creates a context with all fields set, so that all contexts have the same hidden class. */
function openContext(request: Request, response: Response): RequestContext {
  const { headers } = request;
  const parentSpan = headers['traceparent'] === undefined ? undefined : parseTraceParent(headers['traceparent']);
  const span = startRequestSpan(headers);
  const context: RequestContext = {
    id: idOf(request),
    address: clientAddress(request),
    trace_id: span === undefined ? parentSpan?.traceId : span.spanContext().traceId,
    parentSpan,
    span,
    response,
    startedAt: performance.now(),
    statements: [],
    database_ms: 0,
    running_statements: undefined,
    account: undefined,
    preconditions: undefined,
    timedOut: undefined,
    contract: undefined,
    inputs: undefined,
    url: undefined,
    prefix: '',
    fail: undefined,
    deadline: undefined,
    releaseSlot: undefined,
    timeHeaders: undefined,
    isAccepted: false,
    isHandlerRunning: false,
    isDeclared: false,
  };
  setContext(request, context);
  return context;
}

/** The request id that the client sent (`X-Request-ID`), or a new one. */
function idOf({ headers }: Request): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
