/** How late a deadline may be. */
const SWEEP_MS = 250;

/** What has a deadline; the fields are for DeadlineWatch alone. */
export interface Expected {
  /** By `performance.now()`. */
  due?: number;
  /** Where it stands in the list; undefined: nowhere. */
  place?: number | undefined;
}

/**
 * What must have an end by a time. One timer looks at all of it: one for each would cost every request. It stands in a list
 * whose gaps are filled by the last one. A Map would make new tables as things come and go, and the collector of young
 * objects keeps what an outgrown table still points to: here that would be whole requests, half of them.
 */
export class DeadlineWatch<T extends Expected> {
  private readonly list: T[] = [];
  private sweep: NodeJS.Timeout | undefined;

  /** `late` is called once for each that had no end in time. */
  constructor(private readonly late: (one: T) => void) {}

  /** From now on it must end within so many milliseconds. */
  begin(one: T, withinMs: number): void {
    one.due = performance.now() + withinMs;
    one.place = this.list.push(one) - 1;
    this.sweep ??= setInterval(() => this.look(), SWEEP_MS).unref();
  }

  /** It has ended; nothing if it has no deadline, or was late. */
  end(one: T): void {
    const { place } = one;
    if (place === undefined) return;
    one.place = undefined;
    const last = this.list.pop()!;
    if (last === one) return;
    this.list[place] = last;
    last.place = place;
  }

  private look(): void {
    if (this.list.length === 0) {
      clearInterval(this.sweep);
      this.sweep = undefined;
      return;
    }
    const now = performance.now();
    for (const one of this.list.filter(({ due }) => due! <= now)) {
      this.end(one);
      this.late(one);
    }
  }
}
