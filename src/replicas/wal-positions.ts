// Calculates replication lag from the positions of the write-ahead log.

/**
 * One hour at two positions per second. With several replicas they are read more often: with six, these are at least the
 * 10 minutes of the maximum lag.
 */
const MAX_KEPT = 7200;

/** A position of the primary's write-ahead log (a byte offset), and when it was first seen, as `performance.now()`. */
interface ObservedPosition {
  readonly at: number;
  readonly position: number;
}

/**
 * The history of the primary's log positions, from which the lag of a replica is calculated. It needs only the clock of
 * this process, and is also right while nothing is written, or if a replica has not noticed that it lost the primary.
 */
export class WalPositions {
  private seen: ObservedPosition[] = [];

  add(position: number, at: number): void {
    const last = this.seen.at(-1);
    if (last && position < last.position) this.seen = []; // a failover: another server is the primary now
    if (position === last?.position) return;
    this.seen.push({ at, position });
    if (this.seen.length > MAX_KEPT) this.seen.shift();
  }

  /**
   * Whether the lag of a replica that has replayed the log up to `position` is known. Otherwise it is behind everything
   * that this process has seen, and may be any time behind.
   */
  isLagKnown(position: number): boolean {
    const [first] = this.seen;
    return first !== undefined && first.position <= position;
  }

  /** Returns the lag in milliseconds (a minimum) of a replica that has replayed the log up to `position`. */
  lagAt(position: number, now: number): number {
    const first = this.seen.findLastIndex((seen) => seen.position <= position) + 1;
    const missing = this.seen[first];
    return missing === undefined ? 0 : now - missing.at;
  }
}
