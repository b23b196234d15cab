import { AppError } from '../errors/app-error.js';
import { Bulkhead } from '../concurrency/bulkhead.js';

// Admission control: refuses requests that the process cannot answer in time.

/** The maximum wait for a slot: most clients that waited longer have given up. */
const MAX_WAIT_MS = 500;
const RETRY_AFTER_SECONDS = 3;

export const OVERLOADED = 'Server overloaded';

/** The limits of admission control. */
export interface AdmissionLimits {
  /** The number of requests that the process handles at once (MAX_IN_FLIGHT). */
  readonly inFlight: number;
  /** The number of requests that may wait for a slot (MAX_QUEUED). */
  readonly queued: number;
}

/**
 * Admission control: limits the number of requests that a process handles at once. `share`: how much of the limit is
 * allowed now, up to 1.
 */
export class Admission extends Bulkhead {
  constructor({ inFlight, queued }: AdmissionLimits, share?: () => number) {
    super(
      { maxConcurrent: inFlight, maxQueued: queued, maxWaitMs: MAX_WAIT_MS, createError: () => new Overloaded() },
      share,
    );
  }

  /**
   * Acquires a slot, as in Bulkhead. A request that is already late is refused if half of the slots are in use, in
   * favour of requests that can still be answered in time.
   */
  override acquire(isLate = false): Promise<void> | undefined {
    if (isLate && this.active >= this.capacity / 2) return Promise.reject(this.limits.createError());
    return super.acquire();
  }
}

/** The 503 of admission control. `Retry-After` is random (1 to 3 s), so that clients do not all retry at once. */
export class Overloaded extends AppError {
  constructor() {
    const seconds = 1 + Math.floor(Math.random() * RETRY_AFTER_SECONDS);
    super(OVERLOADED, 503, { 'Retry-After': String(seconds) });
  }
}
