import type { NextFunction, Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import { contextOf, runInContext, setContext, type RequestContext } from '../context/request-context.js';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Begins the request's context: everything behind it finds it by `currentContext()`. */
export function requestContextMiddleware(request: Request, response: Response, next: NextFunction): void {
  runInContext(openContext(request, response), next);
}

/** The request's context; a new one where the middleware did not run, as on Nest's own adapter. */
export function contextFor(request: Request, response: Response): RequestContext {
  return contextOf(request) ?? openContext(request, response);
}

/** A new context for a request. All its fields are there from the beginning: objects of one shape are quick to read. */
function openContext(request: Request, response: Response): RequestContext {
  const context: RequestContext = {
    id: idOf(request),
    response,
    startedAt: performance.now(),
    database_ms: 0,
    running_statements: undefined,
    preconditions: undefined,
    timedOut: undefined,
    contract: undefined,
    inputs: undefined,
    prefix: '',
    fail: undefined,
    deadline: undefined,
    leave: undefined,
    time: undefined,
    isAccepted: false,
    isHandled: false,
    isDeclared: false,
  };
  setContext(request, context);
  return context;
}

/** The id that the client gave its request, or a new one. */
function idOf({ headers }: Request): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
