export class Greeting {
  /** @example "Hello World" */
  message!: string;
}

export class Alive {
  /** @example "ok" */
  status!: string;
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
}
