import { AppError } from '../errors/app-error.js';
import { Bulkhead } from '../concurrency/bulkhead.js';

/** Nobody waits longer for a place: who comes through late has mostly given up. */
const MAX_WAIT_MS = 500;
const RETRY_AFTER_SECONDS = 3;

export const OVERLOADED = 'Server overloaded';

export interface AdmissionLimits {
  /** Requests of this process that are answered at once. */
  readonly inFlight: number;
  /** Requests that wait for one of those places. */
  readonly queued: number;
}

/** Keeps the requests of a process to what it can answer in time; `share` is how much of its places it gives now, up to 1. */
export class Admission extends Bulkhead {
  constructor({ inFlight, queued }: AdmissionLimits, share?: () => number) {
    super(
      { maxConcurrent: inFlight, maxQueued: queued, maxWaitMs: MAX_WAIT_MS, createError: () => new Overloaded() },
      share,
    );
  }

  /**
   * Takes a place, as elsewhere; but one who is late already gets none where half of them are taken, since others would
   * have theirs in time.
   */
  override acquire(isLate = false): Promise<void> | undefined {
    if (isLate && this.active >= this.capacity / 2) return Promise.reject(this.limits.createError());
    return super.acquire();
  }
}

/** When to come again differs from one to the next, so that they do not all come at once. */
export class Overloaded extends AppError {
  constructor() {
    const seconds = 1 + Math.floor(Math.random() * RETRY_AFTER_SECONDS);
    super(OVERLOADED, 503, { 'Retry-After': String(seconds) });
  }
}
