import type { AppError } from './errors/app-error.js';

export interface PlacesLimits {
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
export class Places {
  private taken = 0;
  private readonly queue = new Set<() => void>();

  constructor(private readonly limits: PlacesLimits) {}

  /** Takes a place: now (undefined), or when the promise is kept. Throws or rejects with the refusal if there is none. */
  enter(): Promise<void> | undefined {
    const { inside, waiting, refusal } = this.limits;
    if (this.taken >= inside && this.queue.size >= waiting) throw refusal();
    if (this.taken >= inside) return this.wait();
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
      const timer = setTimeout(() => end(() => reject(this.limits.refusal())), this.limits.waitMs);
      this.queue.add(enter);
    });
  }
}
