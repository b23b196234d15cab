const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 5_000;
const WINDOW_MS = 60_000;

export const MAX_RESTARTS = 10;

/** Decides when a server that died is started again: at first soon, then ever more slowly, at most ten times a minute. */
export class RestartBackoff {
  private recent: number[] = [];

  /** Milliseconds to wait before the next start, or undefined when it is time to give up. */
  next(now: number): number | undefined {
    this.recent = this.recent.filter((time) => now - time < WINDOW_MS);
    if (this.recent.length >= MAX_RESTARTS) return undefined;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.recent.length, MAX_DELAY_MS);
    this.recent.push(now);
    return delay;
  }
}
