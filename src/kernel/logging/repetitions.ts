const WINDOW_MS = 1000;
/** Causes that are remembered at once: there are few, but their texts are those of other programs. */
const MAX_CAUSES = 100;

interface Seen {
  readonly at: number;
  omitted: number;
}

/** Lets through what happens again and again once a second, by its cause. */
export class Repetitions {
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** How many were left out since the last that was let through; undefined when this one is left out, too. */
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
