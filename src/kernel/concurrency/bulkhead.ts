import type { AppError } from '../errors/app-error.js';

export interface BulkheadLimits {
  /** So many are in at once. */
  readonly inside: number;
  /** So many wait, in the order they came. */
  readonly waiting: number;
  /** Nobody waits longer. */
  readonly waitMs: number;
  /** What all others are told. */
  readonly refusal: () => AppError;
}

/** A bulkhead: keeps a kind of work to what can be done of it in time, and refuses the rest at once. */
export class Bulkhead {
  protected taken = 0;
  /** A short list: an outgrown table of a Set would keep alive whoever waited (bench/FINDINGS.md). */
  private readonly queue: (() => void)[] = [];

  constructor(
    protected readonly limits: BulkheadLimits,
    /** How much of the places is given now, up to 1. */
    private readonly share: () => number = () => 1,
  ) {}

  /** Whether whoever comes now is refused. */
  get full(): boolean {
    return this.queue.length >= this.limits.waiting && this.taken >= this.open;
  }

  get empty(): boolean {
    return this.taken === 0;
  }

  /** Places that are taken. */
  get inUse(): number {
    return this.taken;
  }

  /** How many wait for one. */
  get queued(): number {
    return this.queue.length;
  }

  /** Takes a place: now (undefined), or when the promise is kept, which rejects with the refusal if there is none. */
  enter(): Promise<void> | undefined {
    if (this.taken < this.open) {
      this.taken++;
      return undefined;
    }
    return this.full ? Promise.reject(this.limits.refusal()) : this.wait();
  }

  /** Gives the place to whoever waits longest. */
  leave(): void {
    this.taken--;
    while (this.queue.length > 0 && this.taken < this.open) {
      this.taken++;
      this.queue[0]!();
    }
  }

  /** The places that may be taken now. */
  protected get open(): number {
    return Math.ceil(this.limits.inside * this.share());
  }

  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.queue.splice(this.queue.indexOf(enter), 1);
        settle();
      };
      const enter = () => end(resolve);
      const timer = setTimeout(() => end(() => reject(this.limits.refusal())), this.limits.waitMs);
      this.queue.push(enter);
    });
  }
}
