import type { INestApplicationContext } from '@nestjs/common';
import type { Logger } from '../kernel/logging/logger.js';

export interface Ending {
  readonly signal: 'SIGTERM' | 'SIGINT';
  /** What takes longer is cut off. */
  readonly withinMs: number;
}

/** From a service manager, which waits for requests in flight. */
const POLITE: Ending = { signal: 'SIGTERM', withinMs: 25_000 };
/** Ctrl-C: somebody waits at the terminal. */
const PROMPT: Ending = { signal: 'SIGINT', withinMs: 1500 };
/** After a bug nobody knows what state the process is in. */
const CRASH: Ending = { signal: 'SIGTERM', withinMs: 5000 };

/** One Ctrl-C arrives several times: from the terminal, and again from npm and the Nest CLI, which pass it on. */
const SAME_SIGNAL_MS = 500;

/**
 * Ends the process on SIGTERM, SIGINT and errors that nobody caught, when `stop` has done its work. It says whether all
 * was finished, not cut off: only then the exit code of a SIGTERM is 0. The second signal ends the process now.
 * Returns what to call when it cannot go on.
 */
export function endOnSignals(
  logger: Logger,
  stop: (ending: Ending) => Promise<boolean>,
): (error: unknown, what: string) => void {
  let endingSince: number | undefined;
  const end = async (ending: Ending) => {
    endingSince = performance.now();
    try {
      const finished = await stop(ending);
      process.exit(ending === PROMPT || (ending === POLITE && finished) ? 0 : 1);
    } catch (error) {
      logger.error(error, 'Stopping failed');
      process.exit(1);
    }
  };
  for (const ending of [POLITE, PROMPT]) {
    process.on(ending.signal, () => {
      if (endingSince === undefined) void end(ending);
      else if (performance.now() - endingSince > SAME_SIGNAL_MS) process.exit(1);
    });
  }
  const crash = (error: unknown, what: string) => {
    logger.error(error, what);
    if (endingSince === undefined) void end(CRASH);
  };
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => crash(error, 'A bug: nobody caught this'));
  }
  return crash;
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
