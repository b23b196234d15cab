import type { INestApplicationContext } from '@nestjs/common';
import { UndeclaredResponseError } from '../kernel/http/message-classes.js';
import type { Logger } from '../kernel/logging/logger.js';
import { catchSignals, crash, end, endBy, POLITE, type Ending, type Stop } from './signals.js';

/** The message of a worker that serves. */
export const READY = 'ready';
/** The message to a worker that has a successor: others serve on the same port, so nobody has to hear of it first. */
export const RETIRE = 'retire';
const RETIRED: Ending = { ...POLITE, isSucceeded: true, answersMs: 15_000 };
export const RETIRES_WITHIN_MS = RETIRED.withinMs;

/**
 * Ends the process on SIGTERM, SIGINT, RETIRE and errors that nobody caught, when `stop` has done its work. It says whether
 * all was finished, not cut off: only then the exit code of a SIGTERM is 0. The second signal ends the process now.
 * `preStopMs` is how long a balancer needs to hear of a SIGTERM. Returns what to call when it cannot go on.
 */
export function endOnSignals(logger: Logger, preStopMs: number, stop: Stop): (error: unknown, what: string) => void {
  catchSignals();
  endBy({ stop, preStopMs, logger });
  process.on('message', (message) => {
    if (message !== RETIRE) return;
    logger.log('Replaced by a new worker: serving the open connections, then ending');
    void end(RETIRED);
  });
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => isRefused(error) || crash(error, 'A bug: nobody caught this'));
  }
  return crash;
}

/** Whether the error is of one request only, whose answer was stopped in time: it fails, and the process goes on. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof UndeclaredResponseError)) return false;
  error.refuse();
  return true;
}

/** Stops the application; its parts hear of the signal. */
export function closeFor(app: INestApplicationContext, signal: Ending['signal']): Promise<void> {
  const closing: Closing = app;
  return closing.close(signal);
}

/** Nest's interface does not tell of the parameter. */
interface Closing extends INestApplicationContext {
  close(signal?: string): Promise<void>;
}
