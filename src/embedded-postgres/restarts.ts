const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;
const WINDOW_MS = 60_000;

export const MOST_RESTARTS = 10;

/** Decides when a dead server is started again: soon at first, then more and more slowly, and no more than ten times a minute. */
export class Restarts {
  private recent: number[] = [];

  /** Milliseconds to wait before the next start, or undefined when it is time to give up. */
  next(now: number): number | undefined {
    this.recent = this.recent.filter((time) => now - time < WINDOW_MS);
    if (this.recent.length >= MOST_RESTARTS) return undefined;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.recent.length, LONGEST_DELAY_MS);
    this.recent.push(now);
    return delay;
  }
}
