import { AppError } from '../errors/app-error.js';

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

/**
 * Keeps the work of a process to what it can do in time: so many requests have a place, so many others wait for one in
 * the order they came, and the rest is refused at once.
 */
export class Admission {
  private taken = 0;
  private readonly queue = new Set<() => void>();

  constructor(
    private readonly limits: AdmissionLimits,
    /** How much of the places is given now, up to 1. */
    private readonly share: () => number = () => 1,
  ) {}

  /** Whether whoever comes now is refused. */
  get full(): boolean {
    return this.queue.size >= this.limits.queued && this.taken >= this.places;
  }

  /**
   * Takes a place: now (undefined), or when the promise is kept. Rejects with Overloaded if there is none; one who is late
   * already gets none where half of them are taken, since others would have theirs in time.
   */
  enter(isLate = false): Promise<void> | undefined {
    if (this.taken < (isLate ? this.places / 2 : this.places)) {
      this.taken++;
      return undefined;
    }
    if (isLate || this.full) return Promise.reject(new Overloaded());
    return this.wait();
  }

  /** Gives the place to whoever waits longest. */
  leave(): void {
    this.taken--;
    for (const enter of this.queue) {
      if (this.taken >= this.places) return;
      this.taken++;
      enter();
    }
  }

  private get places(): number {
    return Math.ceil(this.limits.inFlight * this.share());
  }

  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.queue.delete(enter);
        settle();
      };
      const enter = () => end(resolve);
      const timer = setTimeout(() => end(() => reject(new Overloaded())), MAX_WAIT_MS);
      this.queue.add(enter);
    });
  }
}

/** When to come again differs from one to the next, so that they do not all come at once. */
export class Overloaded extends AppError {
  constructor() {
    const seconds = 1 + Math.floor(Math.random() * RETRY_AFTER_SECONDS);
    super(OVERLOADED, 503, { 'Retry-After': String(seconds) });
  }
}
