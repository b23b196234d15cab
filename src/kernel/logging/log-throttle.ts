// Limits repeated log lines to one per second and cause.

const WINDOW_MS = 1000;
/** The number of causes that are remembered. Their texts come from other programs. */
const MAX_CAUSES = 100;

interface Seen {
  readonly at: number;
  omitted: number;
}

/** Limits repeated log lines to one a second for each cause. */
export class LogThrottle {
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Returns how many lines were omitted since the last one, or undefined if this one has to be omitted as well. */
  admit(cause: string): number | undefined {
    const last = this.seen.get(cause);
    const now = this.now();
    if (last && now - last.at < WINDOW_MS) {
      last.omitted++;
      return undefined;
    }
    if (!last && this.seen.size >= MAX_CAUSES) this.seen.clear();
    this.seen.set(cause, { at: now, omitted: 0 });
    return last?.omitted ?? 0;
  }
}
