export class Greeting {
  /** @example "Hello World" */
  message!: string;
}

export class Alive {
  /** @example "ok" */
  status!: string;
}

export class ReplicaHealth {
  /**
   * `ok`, or why it is left out: `late`, `unavailable`, or `no replica` for one that is not in recovery. What it would read
   * goes to the others, or the primary.
   * @example "ok"
   */
  state!: string;

  /**
   * Milliseconds that it is behind at least; null while that is not known.
   * @example 0
   */
  lag_ms!: number | null;
}

export class Ready {
  /** @example "ok" */
  status!: string;

  /** @example "ok" */
  database!: string;

  /**
   * `ok`, `unavailable`, or `off` without REDIS_URL. Everything works without it.
   * @example "off"
   */
  redis!: string;

  /** In the order of DATABASE_REPLICA_URLS; only where there are some. */
  replicas?: ReplicaHealth[];
}
