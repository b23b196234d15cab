import { Deadlines } from '../deadlines.js';
import { AppError } from '../errors/app-error.js';
import { currentExchange, type Exchange } from './exchange.js';

const tooLate = () => new AppError('The answer took too long, try again', 503, { 'Retry-After': '1' });

const expected = new Deadlines<Exchange>((exchange) => {
  exchange.isLate = true;
  exchange.fail!(tooLate());
  exchange.abandoned?.abort();
});

/** From now on an answer must begin within so many milliseconds, else the request fails with a 503. */
export function expectAnswer(exchange: Exchange, withinMs: number, fail: (error: Error) => void): void {
  exchange.fail = fail;
  expected.begin(exchange, withinMs);
}

/** The answer begins; how long it takes is another's to judge. */
export function answerBegins(exchange: Exchange): void {
  expected.end(exchange);
}

/** Throws once the request that this code runs for has been answered as too late: what it still does must not happen. */
export function assertInTime(): void {
  if (currentExchange()?.isLate) throw tooLate();
}

/** Aborted when nobody waits for the answer any more: the client has left, or has been told that it takes too long. */
export function abandonment(exchange: Exchange): AbortSignal {
  if (exchange.abandoned) return exchange.abandoned.signal;
  const { response } = exchange;
  const controller = (exchange.abandoned = new AbortController());
  if (response.destroyed || exchange.isLate) controller.abort();
  else response.once('close', () => response.writableFinished || controller.abort());
  return controller.signal;
}
