import { DeadlineWatch } from '../common/deadline-watch.js';
import type { RequestContext } from '../context/request-context.js';
import { AppError } from '../errors/app-error.js';

const tooLate = () => new AppError('The answer took too long, try again', 503, { 'Retry-After': '1' });

const expected = new DeadlineWatch<RequestContext>((context) => {
  context.timedOut = tooLate();
  context.fail!(context.timedOut);
  context.abandoned?.abort();
});

/** From now on an answer must begin within so many milliseconds, else the request fails with a 503. */
export function expectAnswer(context: RequestContext, withinMs: number, fail: (error: Error) => void): void {
  context.fail = fail;
  expected.begin(context, withinMs);
}

/** The answer begins. How long sending it takes is limited elsewhere. */
export function answerBegins(context: RequestContext): void {
  expected.end(context);
}
