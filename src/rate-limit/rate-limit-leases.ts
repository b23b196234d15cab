// Counts requests in a store that several processes share, without a call to it for each request.

/**
 * The part of rate-limiter-flexible's limiters that is used. `consume` rejects with a result if the limit is exceeded;
 * `reward` returns points.
 */
export interface Store {
  consume(key: string, points: number): Promise<StoreResult>;
  reward(key: string, points: number): Promise<unknown>;
}

interface StoreResult {
  readonly consumedPoints: number;
  readonly msBeforeNext: number;
}

/** The rate limit of a caller after a request. */
export interface Quota {
  readonly isRefused: boolean;
  /** The number of requests left in the window. */
  readonly left: number;
  /** Milliseconds until the window ends. */
  readonly ms: number;
}

interface Lease {
  /** Requests that this process may still serve. The store has counted them already. */
  points: number;
  /** Requests that no process had taken when the store was last called. */
  readonly free: number;
  readonly isExhausted: boolean;
  /** The end of the window. */
  readonly until: number;
}

/** The maximum number of callers in memory. When it is reached, the oldest lease is returned to the store. */
const MAX_LEASES = 100_000;

/**
 * The requests that a process may still serve for each caller. It takes them from the store in advance, as a share of
 * what is left: the fewer are left, the more exact the count. All processes together never serve more than the limit. A
 * caller who moves to another process may be refused while the former process still has a few requests for them.
 */
export class RateLimitLeases {
  private readonly leases = new Map<string, Lease>();
  private readonly asking = new Map<string, Promise<void>>();

  /** `quota` is the limit per window. `shares` is 1 if no other process uses the store. */
  constructor(
    private readonly store: Store,
    private readonly quota: number,
    private readonly shares: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts a request of a caller. Returns a promise only if the store has to be called. */
  take(key: string): Quota | Promise<Quota> {
    return this.takeLeased(key) ?? this.takeFromStore(key);
  }

  /** Drops the leases of windows that have ended. */
  sweep(): void {
    const now = this.now();
    for (const [key, { until }] of this.leases) if (until <= now) this.leases.delete(key);
  }

  private takeLeased(key: string): Quota | undefined {
    const lease = this.leases.get(key);
    if (lease === undefined) return undefined;
    const ms = lease.until - this.now();
    if (ms <= 0) return undefined;
    if (lease.isExhausted) return { isRefused: true, left: 0, ms };
    if (lease.points === 0) return undefined;
    lease.points--;
    return { isRefused: false, left: lease.free + lease.points, ms };
  }

  private async takeFromStore(key: string): Promise<Quota> {
    for (;;) {
      const asking = this.asking.get(key) ?? this.ask(key);
      await asking;
      const quota = this.takeLeased(key);
      if (quota) return quota;
    }
  }

  private ask(key: string): Promise<void> {
    const asking = this.renew(key).finally(() => this.asking.delete(key));
    this.asking.set(key, asking);
    return asking;
  }

  private async renew(key: string): Promise<void> {
    const known = this.leases.get(key);
    const free = known !== undefined && known.until > this.now() ? known.free : this.quota;
    const wanted = Math.max(Math.floor(free / this.shares), 1);
    const { consumedPoints, msBeforeNext } = await this.consume(key, wanted);
    const points = Math.min(Math.max(this.quota - (consumedPoints - wanted), 0), wanted);
    this.giveBack(key, wanted - points); // the store counts points beyond the limit, too
    const left = Math.max(this.quota - consumedPoints, 0);
    const until = this.now() + Math.max(msBeforeNext, 1);
    this.leases.delete(key); // so that the order is that of the leases' age
    if (this.leases.size >= MAX_LEASES) this.returnOldest();
    this.leases.set(key, { points, free: left, isExhausted: points === 0, until });
  }

  private returnOldest(): void {
    const [key, { points, until }] = this.leases.entries().next().value!;
    this.leases.delete(key);
    if (until > this.now()) this.giveBack(key, points);
  }

  private giveBack(key: string, points: number): void {
    if (points > 0) void this.store.reward(key, points).catch(() => {}); // if this fails, nobody gets them
  }

  private async consume(key: string, points: number): Promise<StoreResult> {
    try {
      return await this.store.consume(key, points);
    } catch (exceeded) {
      if (exceeded instanceof Error) throw exceeded;
      return exceeded as StoreResult;
    }
  }
}
