import { ApiError, ConnectionError } from './errors.js';
import type { CallOptions } from './types.js';

export interface RetryPolicy {
  /** Milliseconds until a call ends, retries included. */
  readonly deadlineMs: number;
  /** Milliseconds that one attempt waits for its complete response. */
  readonly attemptMs: number;
  /** Milliseconds of the longest first pause. The limit doubles with each pause. */
  readonly baseMs: number;
  /** Milliseconds of the longest pause, unless the server asks for more. */
  readonly maxPauseMs: number;
  /** How many retries all calls together may make without a success. Each success gives one back. */
  readonly budget: number;
}

export const POLICY: RetryPolicy = {
  deadlineMs: 30_000,
  attemptMs: 10_000,
  baseMs: 100,
  maxPauseMs: 5000,
  budget: 100,
};

/** The longest time of a timer. Timers with a longer time fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A call that can be tried more than once. */
export interface Repeatable<T> {
  readonly options: CallOptions;
  /** Whether the call may be sent again after this failure. */
  readonly mayRepeat: (failure: ApiError | ConnectionError) => boolean;
  readonly attempt: (signal: AbortSignal) => Promise<T>;
}

/**
 * Retries temporary failures, with full jitter and after the time that the server asks for, within the limits of the
 * policy.
 */
export class Retries {
  private left: number;

  constructor(readonly policy: RetryPolicy) {
    this.left = policy.budget;
  }

  /** Runs the attempts. Throws what the last attempt throws, or the reason of the caller's signal. */
  async run<T>({ options, mayRepeat, attempt }: Repeatable<T>): Promise<T> {
    const { signal, deadlineMs = this.policy.deadlineMs, attemptMs = this.policy.attemptMs } = options;
    const deadline = performance.now() + deadlineMs;
    for (let pauses = 0; ; pauses++) {
      try {
        const ms = Math.max(1, Math.min(attemptMs, deadline - performance.now()));
        const result = await within(ms, signal, attempt);
        this.left = Math.min(this.policy.budget, this.left + 1);
        return result;
      } catch (failure) {
        signal?.throwIfAborted();
        if (!(failure instanceof ApiError || failure instanceof ConnectionError) || !mayRepeat(failure)) throw failure;
        const pause = this.pauseAfter(failure, pauses);
        if (this.left < 1 || performance.now() + pause >= deadline) throw failure;
        this.left--;
        await sleep(pause, signal);
      }
    }
  }

  /** Returns a random time in milliseconds, whose maximum grows with the number of earlier pauses (full jitter). */
  pauseAfter(failure: ApiError | ConnectionError, pauses: number): number {
    const { baseMs, maxPauseMs } = this.policy;
    const jitter = Math.random() * Math.min(maxPauseMs, baseMs * 2 ** pauses);
    return failure instanceof ApiError ? (failure.retryAfterMs ?? 0) + jitter : jitter;
  }
}

/** Runs `work` with a signal that is aborted after `ms` milliseconds or by the outer signal. */
export async function within<T>(
  ms: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(outer?.reason);
  outer?.addEventListener('abort', abort);
  const timer = startTimer(() => controller.abort(new Error(`No response within ${Math.ceil(ms)} ms`)), ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', abort);
  }
}

/** Returns the result of the promise. Rejects with the reason of the signal as soon as it is aborted. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    // Also if the signal is already aborted: a rejection without a handler ends a Node process.
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });
}

/** Waits. Rejects with the reason of the signal as soon as it is aborted. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slept = new Promise<void>((resolve) => (timer = startTimer(resolve, ms)));
  return unlessAborted(slept, signal).finally(() => clearTimeout(timer));
}

function startTimer(work: () => void, ms: number): ReturnType<typeof setTimeout> {
  return setTimeout(work, Math.min(ms, LONGEST_TIMER_MS));
}
