import type { INestApplicationContext } from '@nestjs/common';
import { UndeclaredResponseError } from '../kernel/http/response.js';
import type { Logger } from '../kernel/logging/logger.js';

export interface Ending {
  readonly signal: 'SIGTERM' | 'SIGINT';
  /** So long requests are still taken, while the process says that it is not ready. All other times are counted from then. */
  readonly preStopMs: number;
  /** Answers that take longer are cut off. */
  readonly answersMs: number;
  /** So are jobs, and whatever else is not done. */
  readonly withinMs: number;
  /** When the process ends whatever happens. */
  readonly atMostMs: number;
}

/** From a service manager, which waits for requests in flight and for jobs: with the usual 3 s before it, half a minute. */
const POLITE = { signal: 'SIGTERM', answersMs: 10_000, withinMs: 22_000, atMostMs: 27_000 } as const;
/** The message to a worker that has a successor: others serve on the same port, so nobody has to hear of it first. */
export const RETIRE = 'retire';
const RETIRED: Ending = { ...POLITE, preStopMs: 0 };
export const RETIRES_WITHIN_MS = RETIRED.withinMs;
/** Ctrl-C: somebody waits at the terminal. */
const PROMPT: Ending = { signal: 'SIGINT', preStopMs: 0, answersMs: 1000, withinMs: 1500, atMostMs: 10_000 };
/** After a bug nobody knows what state the process is in. */
const CRASH: Ending = { signal: 'SIGTERM', preStopMs: 0, answersMs: 4500, withinMs: 5000, atMostMs: 10_000 };

/** One Ctrl-C arrives several times: from the terminal, and again from npm and the Nest CLI, which pass it on. */
const SAME_SIGNAL_MS = 500;

/**
 * Ends the process on SIGTERM, SIGINT, RETIRE and errors that nobody caught, when `stop` has done its work. It says whether
 * all was finished, not cut off: only then the exit code of a SIGTERM is 0. The second signal ends the process now.
 * `preStopMs` is how long a balancer needs to hear of a SIGTERM. Returns what to call when it cannot go on.
 */
export function endOnSignals(
  logger: Logger,
  preStopMs: number,
  stop: (ending: Ending) => Promise<boolean>,
): (error: unknown, what: string) => void {
  const polite: Ending = { ...POLITE, preStopMs };
  let endingSince: number | undefined;
  const end = async (ending: Ending) => {
    endingSince = performance.now();
    setTimeout(() => {
      logger.error('Shutdown took too long: open requests and jobs are aborted');
      process.exit(1);
    }, ending.preStopMs + ending.atMostMs);
    try {
      const finished = await stop(ending);
      process.exit(ending === PROMPT || (ending !== CRASH && finished) ? 0 : 1);
    } catch (error) {
      logger.error(error, 'Shutdown failed');
      process.exit(1);
    }
  };
  for (const ending of [polite, PROMPT]) {
    process.on(ending.signal, () => {
      if (endingSince === undefined) void end(ending);
      else if (performance.now() - endingSince > SAME_SIGNAL_MS) process.exit(1);
    });
  }
  process.on('message', (message) => {
    if (message === RETIRE && endingSince === undefined) void end(RETIRED);
  });
  const crash = (error: unknown, what: string) => {
    logger.error(error, what);
    if (endingSince === undefined) void end(CRASH);
  };
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
