import { AppError } from '../errors/app-error.js';
import { currentExchange, type Exchange } from './exchange.js';

/** How late a deadline may be. */
const SWEEP_MS = 250;

interface Expected {
  readonly due: number;
  readonly fail: (error: AppError) => void;
}

/** The requests whose handlers work. One timer looks at all of them: one for each would cost every request. */
const expected = new Map<Exchange, Expected>();
let sweep: NodeJS.Timeout | undefined;

/** From now on an answer must begin within so many milliseconds, else the request fails with a 503. */
export function expectAnswer(exchange: Exchange, withinMs: number, fail: Expected['fail']): void {
  expected.set(exchange, { due: performance.now() + withinMs, fail });
  sweep ??= setInterval(lookForLate, SWEEP_MS).unref();
}

/** The answer begins; how long it takes is another's to judge. */
export function answerBegins(exchange: Exchange): void {
  expected.delete(exchange);
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

function lookForLate(): void {
  if (expected.size === 0) {
    clearInterval(sweep);
    sweep = undefined;
    return;
  }
  const now = performance.now();
  for (const [exchange, { due, fail }] of expected) {
    if (due > now) continue;
    expected.delete(exchange);
    exchange.isLate = true;
    fail(tooLate());
    exchange.abandoned?.abort();
  }
}

const tooLate = () => new AppError('The answer took too long, try again', 503, { 'Retry-After': '1' });
