// When new workers start in place of those that have ended.

/** More worker deaths within a minute than this end the process. */
const MAX_DEATHS = 10;
const DEATHS_WINDOW_MS = 60_000;
const MAX_PAUSE_MS = 5000;
/** The pauses between attempts to start a worker while others serve: the first one, and the longest. */
const FIRST_ATTEMPT_MS = 1000;
const LAST_ATTEMPT_MS = 60_000;

/** Counts workers that died or did not start. Returns how long to wait before the next start, in milliseconds. */
export class RestartPauses {
  private readonly deaths: number[] = [];
  private failedStarts = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** The number of deaths within the last minute. */
  get recentDeaths(): number {
    return this.deaths.length;
  }

  /** Counts a worker that died. Returns undefined if too many have died within a minute. */
  afterDeath(): number | undefined {
    const now = this.now();
    this.deaths.push(now);
    while (this.deaths[0]! < now - DEATHS_WINDOW_MS) this.deaths.shift();
    const { length } = this.deaths;
    if (length > MAX_DEATHS) return undefined;
    return length > 1 ? Math.min(100 * 2 ** (length - 2), MAX_PAUSE_MS) : 0;
  }

  /** Counts a worker that did not start while others serve. Their number is not limited. */
  afterFailedStart(): number {
    return Math.min(FIRST_ATTEMPT_MS * 2 ** this.failedStarts++, LAST_ATTEMPT_MS);
  }

  /** Forgets the failed starts, since a worker has started. */
  started(): void {
    this.failedStarts = 0;
  }
}
