import pg from 'pg';
import { timed } from './database-time.js';
import { checkStale, noteRight } from './stale-statements.js';

/** PostgreSQL's `read_only_sql_transaction`. */
const READ_ONLY = '25006';
/** In the words of TypeORM. */
const BEGIN = 'START TRANSACTION';
const BEGUN = { rows: [], rowCount: 0 };

/** Failovers and DNS changes are followed. */
const LIFETIME_MS = 1_800_000;

type Query = (...args: unknown[]) => unknown;
type Callback = (error: unknown, ...result: unknown[]) => void;

/**
 * A connection of the pool. It adds the time of its statements to the request that they run for (the `db` share of
 * `Server-Timing`), does not wait for the beginning of a transaction, and tells when its prepared statements are stale.
 */
export class PooledClient extends pg.Client {
  /** By `performance.now()`. */
  readonly openedAt = performance.now();
  /** Those that were opened together do not end together. */
  private readonly oldFrom = this.openedAt + LIFETIME_MS * (0.8 + 0.2 * Math.random());
  /** Called when a statement of it was stale; the pool sets it. */
  onStale: () => void = () => {};

  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', heard);
    const send = this.query.bind(this) as Query;
    const query: Query = (...args) => (args[0] === BEGIN && this.pipeline ? this.begin(send) : this.run(send, args));
    this.query = query as typeof this.query;
  }

  /** Whether it has been open for as long as one may be. */
  get isOld(): boolean {
    return performance.now() > this.oldFrom;
  }

  /** PostgreSQL would run what follows alone: where a transaction does not begin, nothing more is sent, no COMMIT either. */
  private begin(send: Query): Promise<unknown> {
    (send(BEGIN) as Promise<unknown>).catch(() => this.end());
    return Promise.resolve(BEGUN);
  }

  private run(send: Query, args: unknown[]): unknown {
    const { name } = args[0] as { name?: string };
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      args[args.length - 1] = (error: unknown, ...result: unknown[]) => {
        this.ended(name, error);
        (callback as Callback)(error, ...result);
      };
      return send(...args);
    }
    const result = send(...args);
    if (!(result instanceof Promise)) return result; // a COPY
    result.then(
      () => this.ended(name, undefined),
      (error: unknown) => this.ended(name, error),
    );
    return timed(result);
  }

  private ended(name: string | undefined, error: unknown): void {
    if (!error) {
      if (name !== undefined) noteRight(name);
      return;
    }
    if (checkStale(error, name, this.openedAt)) this.onStale();
    // a server that turned read-only: the next connection may find its successor
    if ((error as { code?: unknown }).code === READ_ONLY) void this.end();
  }
}

/** Whoever waits for a statement is told; an 'error' event that nobody hears would end the process. */
function heard(): void {}
