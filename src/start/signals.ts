/*
 * How a process ends on a signal. This module imports nothing: programs load it before everything else, which takes a
 * second, and the first process of a container ignores signals without a listener.
 */

/** How the process ends, and how long each part may take. */
export interface ShutdownOptions {
  readonly signal: 'SIGTERM' | 'SIGINT';
  /** How long the process still accepts requests while it reports `not ready`. All other times start after it. */
  readonly preStopMs: number;
  /**
   * Whether other processes already serve on the same port. The process then keeps reporting `ready`, and closes no
   * connection that a client may be about to use.
   */
  readonly hasSuccessor: boolean;
  /** Responses that take longer are cut off. */
  readonly responseTimeoutMs: number;
  /** Jobs and other work that take longer are aborted. */
  readonly stopTimeoutMs: number;
  /** The process ends after this time in any case. */
  readonly exitTimeoutMs: number;
}

/** Stops the work of the process. Returns whether all of it was completed, not aborted. */
export type Stop = (options: ShutdownOptions) => Promise<boolean>;

/** What runs when the process ends. */
interface ShutdownHandler {
  readonly stop: Stop;
  readonly preStopMs: number;
  readonly logger: Record<'error' | 'fatal', (problem: unknown, what?: string) => void>;
}

/**
 * For SIGTERM: a service manager waits for requests in flight and for jobs. 27 s, after the usual 3 s of `preStopMs`.
 */
export const GRACEFUL: ShutdownOptions = {
  signal: 'SIGTERM',
  preStopMs: 0,
  hasSuccessor: false,
  responseTimeoutMs: 10_000,
  stopTimeoutMs: 22_000,
  exitTimeoutMs: 27_000,
};
/** For Ctrl-C: a person waits at the terminal. */
const INTERRUPT: ShutdownOptions = {
  ...GRACEFUL,
  signal: 'SIGINT',
  responseTimeoutMs: 1000,
  stopTimeoutMs: 1500,
  exitTimeoutMs: 10_000,
};
/** For an uncaught error: the state of the process is unknown. */
const CRASH: ShutdownOptions = { ...GRACEFUL, responseTimeoutMs: 4500, stopTimeoutMs: 5000, exitTimeoutMs: 10_000 };

/** One Ctrl-C arrives several times: from the terminal, and again from npm and the Nest CLI, which forward it. */
const SAME_SIGNAL_MS = 500;

/** What an aborted start has to release. */
const releases: (() => Promise<unknown>)[] = [];
let handler: ShutdownHandler = {
  stop: abortStart,
  preStopMs: 0,
  logger: { error: console.error, fatal: console.error },
};
let hasBegunShutdown = false;
/** When the first SIGTERM or SIGINT arrived. An end for another reason, such as a successor, is not a first signal. */
let signalledAt: number | undefined;
let areCaught = false;

/** A signal that asks for work. One that arrives before the work is known is remembered. */
export class DeferredSignal {
  private work: (() => void) | undefined;
  private hasArrived = false;

  constructor(private readonly name: NodeJS.Signals) {}

  /** Keeps the signal from ending the process. */
  catch(): void {
    process.on(this.name, this.arrive);
  }

  /** Sets what the signal does. If one has already arrived, runs `work` now. */
  handle(work: () => void): void {
    this.work = work;
    if (this.hasArrived) work();
  }

  /** Lets the signal end the process, as it does without a listener. One that has already arrived ends it now. */
  endProcess(): void {
    process.off(this.name, this.arrive);
    if (this.hasArrived) process.kill(process.pid, this.name);
  }

  private readonly arrive = (): void => {
    if (this.work) this.work();
    else this.hasArrived = true;
  };
}

/** SIGHUP: the files with secrets are read again, or the terminal was closed. */
export const hangUp = new DeferredSignal('SIGHUP');
/** SIGUSR2: the workers are replaced. Only their primary does something, but some tools signal all processes. */
export const reload = new DeferredSignal('SIGUSR2');

/**
 * Ends the process on SIGTERM and SIGINT from now on; a start is aborted. A second signal ends the process immediately.
 * Remembers a SIGHUP and a SIGUSR2 until `hangUp` and `reload` get their work.
 */
export function catchSignals(): void {
  if (areCaught) return;
  areCaught = true;
  for (const options of [GRACEFUL, INTERRUPT]) {
    process.on(options.signal, () => {
      signalledAt ??= performance.now();
      if (performance.now() - signalledAt > SAME_SIGNAL_MS) process.exit(1);
      void shutDown(options === GRACEFUL ? { ...GRACEFUL, preStopMs: handler.preStopMs } : options);
    });
  }
  hangUp.catch();
  reload.catch();
}

/**
 * Ends the process immediately on a signal, with the exit code that shells use for it. For commands that do one task.
 */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}

/** Adds a function that releases a resource if the start is aborted. */
export function onStartAborted(release: () => Promise<unknown>): void {
  releases.push(release);
}

/** Resolves at once, or never if the process is ending: the start must not continue. */
export function haltIfShuttingDown(): Promise<void> {
  return isShuttingDown() ? new Promise(() => {}) : Promise.resolve();
}

export function isShuttingDown(): boolean {
  return hasBegunShutdown;
}

/** Sets how the process ends from now on. `preStopMs` is how long load balancers need to notice a SIGTERM. */
export function setShutdownHandler(newHandler: ShutdownHandler): void {
  handler = newHandler;
}

/**
 * Ends the process, if it is not already ending. The exit code is 0 if all work was completed, and always 0 after
 * Ctrl-C.
 */
export async function shutDown(options: ShutdownOptions): Promise<void> {
  if (hasBegunShutdown) return;
  hasBegunShutdown = true;
  const { stop, logger } = handler;
  setTimeout(() => {
    logger.error('Shutdown took too long: open requests and jobs are aborted');
    process.exit(1);
  }, options.preStopMs + options.exitTimeoutMs);
  try {
    const finished = await stop(options);
    process.exit(options === INTERRUPT || (options !== CRASH && finished) ? 0 : 1);
  } catch (error) {
    logger.error(error, 'Shutdown failed');
    process.exit(1);
  }
}

/** Ends the process after an uncaught error. */
export function crash(error: unknown, what: string): void {
  handler.logger.fatal(error, what);
  void shutDown(CRASH);
}

/** Aborts the start. Its unfinished work loses its resources and may fail in any way; such errors are ignored. */
async function abortStart(): Promise<boolean> {
  process.on('uncaughtException', () => {});
  await Promise.allSettled(releases.map((release) => release()));
  return true;
}
