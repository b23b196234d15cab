const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 5_000;
const WINDOW_MS = 60_000;

export const MAX_RESTARTS = 10;

/**
 * Decides when to restart a server that died. The delay doubles from 200 ms up to 5 s, with at most ten restarts per
 * minute.
 */
export class RestartBackoff {
  private recent: number[] = [];

  /** Returns the milliseconds to wait before the next start, or undefined to give up. `now` is in milliseconds. */
  next(now: number): number | undefined {
    this.recent = this.recent.filter((time) => now - time < WINDOW_MS);
    if (this.recent.length >= MAX_RESTARTS) return undefined;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.recent.length, MAX_DELAY_MS);
    this.recent.push(now);
    return delay;
  }
}
