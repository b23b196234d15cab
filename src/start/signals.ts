/*
 * How a process ends on a signal. It imports nothing: programs load it before all else, which takes a second, and the
 * first process of a container ignores each signal that it has no listener for.
 */

export interface Ending {
  readonly signal: 'SIGTERM' | 'SIGINT';
  /** So long requests are still taken, while the process says that it is not ready. All other times are counted from then. */
  readonly preStopMs: number;
  /** Others serve on the same port already: it says on that it is ready, and nobody's connection is closed at a bad moment. */
  readonly isSucceeded: boolean;
  /** Answers that take longer are cut off. */
  readonly answersMs: number;
  /** So are jobs, and whatever else is not done. */
  readonly withinMs: number;
  /** When the process ends whatever happens. */
  readonly atMostMs: number;
}

/** Ends what the process does, and says whether all was finished, not cut off. */
export type Stop = (ending: Ending) => Promise<boolean>;

interface Course {
  readonly stop: Stop;
  readonly preStopMs: number;
  readonly logger: { error(problem: unknown, what?: string): void };
}

/** From a service manager, which waits for requests in flight and for jobs: with the usual 3 s before it, half a minute. */
export const POLITE: Ending = {
  signal: 'SIGTERM',
  preStopMs: 0,
  isSucceeded: false,
  answersMs: 10_000,
  withinMs: 22_000,
  atMostMs: 27_000,
};
/** Ctrl-C: somebody waits at the terminal. */
const PROMPT: Ending = { ...POLITE, signal: 'SIGINT', answersMs: 1000, withinMs: 1500, atMostMs: 10_000 };
/** After a bug nobody knows what state the process is in. */
const CRASH: Ending = { ...POLITE, answersMs: 4500, withinMs: 5000, atMostMs: 10_000 };

/** One Ctrl-C arrives several times: from the terminal, and again from npm and the Nest CLI, which pass it on. */
const SAME_SIGNAL_MS = 500;

const begun: (() => Promise<unknown>)[] = [];
let course: Course = { stop: breakOff, preStopMs: 0, logger: console };
let endingSince: number | undefined;
let areCaught = false;
let reread: (() => void) | undefined;
let hasHungUp = false;

/**
 * From now on SIGTERM and SIGINT end the process: a start is broken off. The second signal ends the process now. A SIGHUP
 * waits until it is known what it means here.
 */
export function catchSignals(): void {
  if (areCaught) return;
  areCaught = true;
  for (const ending of [POLITE, PROMPT]) {
    process.on(ending.signal, () => {
      if (endingSince === undefined) void end(ending === POLITE ? { ...POLITE, preStopMs: course.preStopMs } : ending);
      else if (performance.now() - endingSince > SAME_SIGNAL_MS) process.exit(1);
    });
  }
  process.on('SIGHUP', hangUp);
}

/** What SIGHUP does, one that came before this as well. */
export function onHangUp(work: () => void): void {
  reread = work;
  if (hasHungUp) work();
}

/** SIGHUP ends the process, as it does where nobody listens: a terminal was closed. */
export function endOnHangUp(): void {
  process.off('SIGHUP', hangUp);
  if (hasHungUp) process.kill(process.pid, 'SIGHUP');
}

function hangUp(): void {
  if (reread) reread();
  else hasHungUp = true;
}

/** What a start that is broken off has to give back before the process ends. */
export function onBreakOff(giveBack: () => Promise<unknown>): void {
  begun.push(giveBack);
}

/** Comes back at once, or never when the process is ending: a start has nothing to do any more. */
export function goOn(): Promise<void> {
  return isEnding() ? new Promise(() => {}) : Promise.resolve();
}

export function isEnding(): boolean {
  return endingSince !== undefined;
}

/** From now on the process ends in this way. `preStopMs` is how long a balancer needs to hear of a SIGTERM. */
export function endBy(how: Course): void {
  course = how;
}

/** Ends the process: with 0 when all was finished, or when nobody waited for it. */
export async function end(ending: Ending): Promise<void> {
  if (endingSince !== undefined) return;
  endingSince = performance.now();
  const { stop, logger } = course;
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
}

/** Ends the process after an error that nobody caught. */
export function crash(error: unknown, what: string): void {
  course.logger.error(error, what);
  void end(CRASH);
}

/** What still runs of the start loses what it stands on, and may fail in any way: that is no news. */
async function breakOff(): Promise<boolean> {
  process.on('uncaughtException', () => {});
  await Promise.allSettled(begun.map((giveBack) => giveBack()));
  return true;
}
