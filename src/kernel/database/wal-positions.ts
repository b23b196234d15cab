/** An hour of them at two a second. */
const MAX_KEPT = 7200;

/** Where the primary's write-ahead log ended, and when it was seen there, by `performance.now()`. */
interface Seen {
  readonly at: number;
  readonly position: number;
}

/**
 * The way of the primary's log. It tells how far behind a replica is by the clock of this process alone, also while nobody
 * writes, and for a replica that has lost the primary without noticing.
 */
export class WalPositions {
  private seen: Seen[] = [];

  add(position: number, at: number): void {
    const last = this.seen.at(-1);
    if (last && position < last.position) this.seen = []; // another server is the primary now
    if (position === last?.position) return;
    this.seen.push({ at, position });
    if (this.seen.length > MAX_KEPT) this.seen.shift();
  }

  /** For how many milliseconds at least the log has been longer than this. */
  lagAt(position: number, now: number): number {
    const first = this.seen.findLastIndex((seen) => seen.position <= position) + 1;
    const missing = this.seen[first];
    return missing === undefined ? 0 : now - missing.at;
  }
}
