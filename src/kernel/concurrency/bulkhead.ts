import type { AppError } from '../errors/app-error.js';

// Limits the number of concurrent tasks.

/** The limits of a bulkhead. */
export interface BulkheadLimits {
  /** The number of tasks that may run at once. */
  readonly maxConcurrent: number;
  /** The number of tasks that may wait, in order of arrival. */
  readonly maxQueued: number;
  /** The maximum wait in milliseconds. */
  readonly maxWaitMs: number;
  /** Creates the error for rejected tasks. */
  readonly createError: () => AppError;
}

/**
 * A semaphore with a bounded queue and a maximum wait (the bulkhead pattern). Tasks beyond both limits are rejected at
 * once.
 */
export class Bulkhead {
  protected active = 0;
  /** An array, since it is short: a grown Set would keep the waiting requests alive (bench/FINDINGS.md). */
  private readonly queue: (() => void)[] = [];

  constructor(
    protected readonly limits: BulkheadLimits,
    /** The share of `maxConcurrent` that is allowed now, up to 1. */
    private readonly capacityShare: () => number = () => 1,
  ) {}

  /** Whether `acquire` would reject now. */
  get isFull(): boolean {
    return this.queue.length >= this.limits.maxQueued && this.active >= this.capacity;
  }

  /** The number of running tasks. */
  get inUse(): number {
    return this.active;
  }

  /** The number of waiting tasks. */
  get queued(): number {
    return this.queue.length;
  }

  /**
   * Acquires a slot. Returns undefined if one is free, otherwise a promise, which rejects with createError() if none
   * becomes free in time.
   */
  acquire(): Promise<void> | undefined {
    if (this.active < this.capacity) {
      this.active++;
      return undefined;
    }
    return this.isFull ? Promise.reject(this.limits.createError()) : this.wait();
  }

  /** Releases a slot to the task that has waited longest. */
  release(): void {
    this.active--;
    while (this.queue.length > 0 && this.active < this.capacity) {
      this.active++;
      this.queue[0]!();
    }
  }

  /** The number of tasks that may run now. */
  protected get capacity(): number {
    return Math.ceil(this.limits.maxConcurrent * this.capacityShare());
  }

  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.queue.splice(this.queue.indexOf(enter), 1);
        settle();
      };
      const enter = () => end(resolve);
      const timer = setTimeout(() => end(() => reject(this.limits.createError())), this.limits.maxWaitMs);
      this.queue.push(enter);
    });
  }
}
