import pg from 'pg';
import { timed } from './database-time.js';
import { statementBegan, statementEnded } from './statement-durations.js';
import { checkStale, noteSuccess } from './stale-statements.js';

/** PostgreSQL's `read_only_sql_transaction`. */
const READ_ONLY = '25006';
/** The text that TypeORM sends. */
const BEGIN = 'START TRANSACTION';
const BEGUN = { rows: [], rowCount: 0 };

/** Connections are replaced from time to time, to follow failovers and DNS changes. */
const LIFETIME_MS = 1_800_000;

type Query = (...args: unknown[]) => unknown;
type Callback = (error: unknown, ...result: unknown[]) => void;

/**
 * A connection of the pool. It adds the time of its statements to their request (the `db` part of `Server-Timing`), does not
 * wait for the answer to `START TRANSACTION`, and reports stale prepared statements.
 */
export class PooledClient extends pg.Client {
  /** By `performance.now()`. */
  readonly openedAt = performance.now();
  /** Random, so that connections that were opened together are not replaced together. */
  private readonly oldFrom = this.openedAt + LIFETIME_MS * (0.8 + 0.2 * Math.random());
  /** Called when a statement was stale; set by the pool. */
  onStale: () => void = () => {};

  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', ignore);
    const send = this.query.bind(this) as Query;
    const query: Query = (...args) => (args[0] === BEGIN && this.pipeline ? this.begin(send) : this.run(send, args));
    this.query = query as typeof this.query;
  }

  /** Whether the connection has reached its maximum age. */
  get isOld(): boolean {
    return performance.now() > this.oldFrom;
  }

  /**
   * It is sent together with the first statement, if that follows at once. If the transaction does not begin, the connection
   * is closed: later statements would run outside of one.
   */
  private begin(send: Query): Promise<unknown> {
    const began = statementBegan();
    const { stream } = this.connection;
    stream.cork();
    setImmediate(() => stream.uncork());
    (send(BEGIN) as Promise<unknown>).then(
      () => statementEnded(began, BEGIN),
      () => this.end(),
    );
    return Promise.resolve(BEGUN);
  }

  private run(send: Query, args: unknown[]): unknown {
    const began = statementBegan();
    const ended = (error?: unknown) => this.ended(args[0], began, error);
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      args[args.length - 1] = (error: unknown, ...result: unknown[]) => {
        ended(error);
        (callback as Callback)(error, ...result);
      };
      return send(...args);
    }
    const result = send(...args);
    if (!(result instanceof Promise)) return result; // a COPY
    result.then(() => ended(), ended);
    return timed(result);
  }

  private ended(query: unknown, began: number | undefined, error: unknown): void {
    statementEnded(began, query);
    const { name } = query as { name?: string };
    if (!error) {
      if (name !== undefined) noteSuccess(name);
      return;
    }
    if (checkStale(error, name, this.openedAt)) this.onStale();
    // the server has become read-only: a new connection may reach its successor
    if ((error as { code?: unknown }).code === READ_ONLY) void this.end();
  }
}

/** The pending statement gets the error as well; an 'error' event without a listener would end the process. */
function ignore(): void {}
