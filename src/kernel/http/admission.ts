import { AppError } from '../errors/app-error.js';

/** Nobody waits longer for a place: who comes through late has mostly given up. */
const MAX_WAIT_MS = 500;
/** Of the places, what is left while the event loop is late. */
const LATE_SHARE = 0.1;
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
 * the order they came, and the rest is refused at once. While the event loop is late, a tenth of the places is given and
 * nobody may begin to wait. (That it is busy is no reason: a process does the most at its knee, where it never rests.)
 */
export class Admission {
  private taken = 0;
  private readonly queue = new Set<() => void>();

  constructor(
    private readonly limits: AdmissionLimits,
    private readonly isLate: () => boolean = () => false,
  ) {}

  /** Whether whoever comes now is refused. */
  get full(): boolean {
    const { inFlight, queued } = this.limits;
    if (this.isLate()) return this.taken >= Math.ceil(inFlight * LATE_SHARE);
    return this.taken >= inFlight && this.queue.size >= queued;
  }

  /** Takes a place: now (undefined), or when the promise is kept. Throws or rejects with the AppError 503 if there is none. */
  enter(): Promise<void> | undefined {
    if (this.full) throw overloaded();
    if (this.taken >= this.limits.inFlight) return this.wait();
    this.taken++;
    return undefined;
  }

  /** Gives the place to whoever waits longest. */
  leave(): void {
    const [next] = this.queue;
    if (next) next();
    else this.taken--;
  }

  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.queue.delete(enter);
        settle();
      };
      const enter = () => end(resolve);
      const timer = setTimeout(() => end(() => reject(overloaded())), MAX_WAIT_MS);
      this.queue.add(enter);
    });
  }
}

/** When to come again differs from one to the next, so that they do not all come at once. */
export function overloaded(): AppError {
  const seconds = 1 + Math.floor(Math.random() * RETRY_AFTER_SECONDS);
  return new AppError(OVERLOADED, 503, { 'Retry-After': String(seconds) });
}
