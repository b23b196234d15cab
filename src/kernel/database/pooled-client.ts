import pg from 'pg';
import { isTracing, startClientSpan } from '../common/tracing.js';
import { currentActivity, addStatement, type Activity } from '../context/activity.js';
import { ArrayQuery } from './array-query.js';
import { trackDatabaseTime } from './request-database-time.js';
import { isPreconditionError, isTransactionConflict } from '../errors/database-errors.js';
import { kindOf, recordStatementDuration, sqlOf } from './statement-durations.js';
import { checkStale, isStale, recordSuccess } from './stale-statements.js';

// The pg client of the pool's connections.

/** SQLSTATE read_only_sql_transaction. */
const READ_ONLY = '25006';
/** The statement with which TypeORM begins transactions. */
const BEGIN = 'START TRANSACTION';
const BEGUN = { rows: [], rowCount: 0 };

/** The maximum age of a connection. Connections are replaced to follow failovers and DNS changes. */
const LIFETIME_MS = 1_800_000;

/** Logs statements that take `fromMs` or longer: their text without parameters, and their activity. */
export interface SlowStatements {
  readonly fromMs: number;
  readonly log: (text: string, ms: number, activity: Activity | undefined) => void;
}

/** The limits of a connection that pg does not have. */
export interface ClientLimits {
  /**
   * Milliseconds after which the connection of an unanswered statement is closed. They begin when the statement is
   * sent, or when the one before it is answered. pg's own `query_timeout` allocates a function among the old objects
   * for each statement, which keeps alive all that it refers to (bench/FINDINGS.md).
   */
  readonly queryTimeout?: number | undefined;
}

type Query = (...args: unknown[]) => unknown;
type Callback = (error: unknown, result?: unknown) => void;

/**
 * A connection of the pool. It measures its statements (a metric, a span, and `db` in `Server-Timing`), does not wait
 * for the result of `START TRANSACTION`, and reports stale prepared statements to the pool.
 */
export class PooledClient extends pg.Client {
  /** The time when the connection was created, as `performance.now()`. */
  readonly openedAt = performance.now();
  /** Randomized, so that connections opened together are not replaced together. */
  private readonly oldFrom = this.openedAt + LIFETIME_MS * (0.8 + 0.2 * Math.random());
  /** Called when a prepared statement was stale. Set by the pool. */
  onStale: () => void = () => {};
  /** How slow statements are logged. Set by the pool. */
  slow: SlowStatements | undefined;
  readonly queryTimeout: number;
  /** The number of statements that were sent and not answered. */
  private unanswered = 0;
  /** The first error since the current transaction began. */
  private failure: Error | undefined;
  /** One for all statements of the connection, since it costs less to restart a timer than to create one. */
  private timer: NodeJS.Timeout | undefined;

  constructor(config: pg.ClientConfig & ClientLimits = {}) {
    super(config);
    this.queryTimeout = config.queryTimeout ?? 0;
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
   * Sends `START TRANSACTION`, in one packet with the first statement if that follows at once. If it fails, the
   * connection is closed: the next statements would run outside of a transaction.
   */
  private begin(send: Query): Promise<unknown> {
    const began = performance.now();
    const { stream } = this.connection;
    stream.cork();
    setImmediate(() => stream.uncork());
    const endSpan = startSpan(BEGIN);
    send(
      BEGIN,
      this.withTimeout((error) => {
        endSpan?.(error);
        this.failure = undefined;
        if (error) void this.end();
        else recordStatementDuration(performance.now() - began, BEGIN);
      }),
    );
    return Promise.resolve(BEGUN);
  }

  private run(send: Query, args: unknown[]): unknown {
    const callback = args.at(-1);
    if (typeof callback === 'function') return this.runThen(send, args.slice(0, -1), callback as Callback);
    if (isSubmittable(args[0])) return send(...args); // a COPY stream
    const result = new Promise((resolve, reject) => {
      this.runThen(send, args, (error, rows) => (error ? reject(error) : resolve(rows)));
    });
    return trackDatabaseTime(result);
  }

  private runThen(send: Query, args: unknown[], callback: Callback): void {
    const began = performance.now();
    const activity = currentActivity(); // results arrive in the context that opened the connection
    const endSpan = startSpan(args[0]);
    const ended = this.withTimeout((failed, result) => {
      const error = failed ?? (isRolledBackCommit(args[0], result) ? caughtError(this.failure) : undefined);
      this.failure = isEnd(args[0]) ? undefined : (this.failure ?? (error as Error | undefined));
      endSpan?.(error);
      if (activity && isPreconditionError(error)) activity.preconditionFailure = error;
      this.measure(args[0], began, activity);
      this.handleResult(args[0], error);
      callback(error, result);
    });
    try {
      if (isArrayStatement(args[0])) send(new ArrayQuery(this, args[0], args[1] as unknown[], ended));
      else send(...args, ended);
    } catch (error) {
      ended(error);
    }
  }

  /**
   * Returns a callback that is called once, although pg calls twice if it cannot serialize a parameter. If it is not
   * called in time, the connection is closed.
   */
  private withTimeout(callback: Callback): Callback {
    let isOver = false;
    if (this.unanswered++ === 0) this.restartTimer();
    return (error, result) => {
      if (isOver) return;
      isOver = true;
      if (--this.unanswered > 0) this.restartTimer();
      callback(error, result);
    };
  }

  /** PostgreSQL runs statements one after the other, so the time of each begins when the one before it is answered. */
  private restartTimer(): void {
    if (this.timer) this.timer.refresh();
    else if (this.queryTimeout > 0) this.timer = setTimeout(() => this.closeIfLate(), this.queryTimeout).unref();
  }

  /** Closes the connection, so that its statements fail: on a pipelined connection, all others wait for the slow one. */
  private closeIfLate(): void {
    if (this.unanswered > 0) this.connection.stream.destroy(new Error('Query read timeout'));
  }

  private measure(query: unknown, began: number, activity: Activity | undefined): void {
    const ms = performance.now() - began;
    recordStatementDuration(ms, query);
    if (activity) addStatement(activity, sqlOf(query), began, ms);
    if (this.slow && ms >= this.slow.fromMs) this.slow.log(sqlOf(query), ms, activity);
  }

  private handleResult(query: unknown, error: unknown): void {
    const { name } = query as { name?: string };
    if (!error) {
      if (name !== undefined) recordSuccess(name);
      return;
    }
    if (checkStale(error, name, this.openedAt)) this.onStale();
    // the server became read-only, as after a failover: a new connection may reach the new primary
    if ((error as { code?: unknown }).code === READ_ONLY) void this.end();
  }
}

/**
 * Whether it is the COMMIT of a transaction in which a statement has failed: PostgreSQL rolls it back and reports no
 * error, so what the caller takes for stored would be lost.
 */
function isRolledBackCommit(query: unknown, result: unknown): boolean {
  return query === 'COMMIT' && (result as Partial<pg.QueryResult>).command === 'ROLLBACK';
}

/** Returns the error of a COMMIT that was rolled back: that of the failed statement if a retry may succeed. */
function caughtError(failure: Error | undefined): Error {
  if (failure && (isTransactionConflict(failure) || isStale(failure))) return failure;
  return new Error(
    'A statement of the transaction has failed and its error was caught, so COMMIT rolled everything back: run that statement in a transaction(), which is a savepoint there',
    { cause: failure },
  );
}

/** Whether errors before this statement do not matter to those that follow it. */
function isEnd(query: unknown): boolean {
  return typeof query === 'string' && /^(?:COMMIT|ROLLBACK|START TRANSACTION)/.test(query);
}

/** Whether pg gets an object that sends itself, instead of a statement. */
function isSubmittable(query: unknown): boolean {
  return typeof (query as { submit?: unknown }).submit === 'function';
}

function isArrayStatement(query: unknown): query is pg.QueryArrayConfig {
  return (query as Partial<pg.QueryArrayConfig>).rowMode === 'array';
}

/** Starts the span of a statement, which has its text, never its parameters. */
function startSpan(query: unknown): ReturnType<typeof startClientSpan> {
  if (!isTracing) return undefined;
  const text = sqlOf(query);
  return startClientSpan(kindOf(text).toUpperCase(), { 'db.system.name': 'postgresql', 'db.query.text': text });
}

/**
 * Ignores an 'error' event, since the pending statement is rejected as well. Without a listener, the event would end
 * the process.
 */
function ignore(): void {}
