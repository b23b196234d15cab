import type { RequestContext } from '../context/request-context.js';
import { AppError } from '../errors/app-error.js';

// The deadline of a request: its response must begin in time.

/** Starts the deadline of a request: if its response has not begun within `withinMs`, `fail` is called with a 503. */
export function startDeadline(context: RequestContext, withinMs: number, fail: (error: Error) => void): void {
  context.fail = fail;
  context.deadline = setTimeout(failAsTimedOut, withinMs, context).unref();
}

/** Ends the deadline, as the response begins. Sending it is limited elsewhere. */
export function clearDeadline(context: RequestContext): void {
  clearTimeout(context.deadline);
}

function failAsTimedOut(context: RequestContext): void {
  context.timedOut = new AppError('The request took too long, try again', 503);
  context.fail!(context.timedOut);
  context.abortController?.abort();
}
