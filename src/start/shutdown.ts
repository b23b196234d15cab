import type { INestApplicationContext } from '@nestjs/common';
import { UndeclaredResponseError } from '../kernel/http/message-classes.js';
import type { Logger } from '../kernel/logging/logger.js';
import {
  catchSignals,
  crash,
  setShutdownHandler,
  shutDown,
  GRACEFUL,
  reload,
  type ShutdownOptions,
  type Stop,
} from './signals.js';

/** The message that a process sends to its parent when it serves. */
export const READY = 'ready';
/** The message that ends a worker with a successor. Load balancers need no notice: others serve on the same port. */
export const RETIRE = 'retire';
const RETIRED: ShutdownOptions = { ...GRACEFUL, hasSuccessor: true, responseTimeoutMs: 15_000 };
/** How long a worker with a successor takes at most. */
export const RETIRED_STOP_TIMEOUT_MS = RETIRED.stopTimeoutMs;

/**
 * Ends the process on SIGTERM, SIGINT, RETIRE and uncaught errors, after `stop` has finished. `stop` returns whether
 * all work was completed, not aborted: only then does SIGTERM lead to exit code 0. A second signal ends the process
 * immediately. `preStopMs` is how long load balancers need to notice a SIGTERM. Returns the function to call after a
 * fatal error.
 */
export function shutDownOnSignals(
  logger: Logger,
  preStopMs: number,
  stop: Stop,
): (error: unknown, what: string) => void {
  catchSignals();
  setShutdownHandler({ stop, preStopMs, logger });
  process.on('message', (message) => {
    if (message !== RETIRE) return;
    logger.log('Replaced by a new worker: serving the open connections, then ending');
    void shutDown(RETIRED);
  });
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => failRequest(error) || crash(error, 'Uncaught error'));
  }
  return crash;
}

/**
 * Fails the request if the error concerns only one request, whose response was stopped in time. Returns whether it did:
 * the process can then continue.
 */
function failRequest(error: unknown): boolean {
  if (!(error instanceof UndeclaredResponseError)) return false;
  error.refuse();
  return true;
}

/** Logs a SIGUSR2. For a process without workers. */
export function ignoreReload(logger: Logger): void {
  reload.handle(() => logger.warn('SIGUSR2 is ignored: this process has no workers to replace (WORKERS)'));
}

/** Closes the application. Its shutdown hooks receive the signal. */
export function closeFor(app: INestApplicationContext, signal: ShutdownOptions['signal']): Promise<void> {
  const closing: Closing = app;
  return closing.close(signal);
}

/** Nest's interface does not declare this parameter. */
interface Closing extends INestApplicationContext {
  close(signal?: string): Promise<void>;
}
