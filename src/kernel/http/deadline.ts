import type { RequestContext } from '../context/request-context.js';
import { AppError } from '../errors/app-error.js';

const tooLate = () => new AppError('The request took too long, try again', 503, { 'Retry-After': '1' });

/** From now on an answer must begin within so many milliseconds, else the request fails with a 503. */
export function expectAnswer(context: RequestContext, withinMs: number, fail: (error: Error) => void): void {
  context.fail = fail;
  context.deadline = setTimeout(failAsLate, withinMs, context).unref();
}

/** The answer begins. How long sending it takes is limited elsewhere. */
export function answerBegins(context: RequestContext): void {
  clearTimeout(context.deadline);
}

function failAsLate(context: RequestContext): void {
  context.timedOut = tooLate();
  context.fail!(context.timedOut);
  context.abortController?.abort();
}
