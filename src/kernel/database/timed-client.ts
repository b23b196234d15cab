import pg from 'pg';
import { expectWithin } from './statement-deadlines.js';
import { timed } from './database-time.js';
import { BEGIN, PreparedQuery } from './prepared-query.js';
import { measured } from './statement-durations.js';

export interface TimedClientConfig extends pg.ClientConfig {
  /** Milliseconds that a statement may take, as seen from here; a COPY or a cursor as long as its reader. */
  readonly queryDeadline?: number;
}

/** PostgreSQL's `read_only_sql_transaction`. */
const READ_ONLY = '25006';
/** The result of what PostgreSQL need not be asked. */
const NOTHING = { rows: [], rowCount: 0 };

type Query = (...args: unknown[]) => unknown;
type Callback = (...args: unknown[]) => void;

/**
 * A connection that adds the time of its statements to the request they run for (the `db` share of `Server-Timing`), and
 * that is torn down when one is not answered in time. TypeORM's transactions begin along with their first statement: that
 * one has begun is nothing to wait for.
 */
export class TimedClient extends pg.Client {
  private readonly send: Query;
  private isToBegin = false;

  constructor({ queryDeadline, ...config }: TimedClientConfig = {}) {
    super(config);
    this.on('error', heard);
    const query = this.query.bind(this) as Query;
    this.send = measured(
      queryDeadline === undefined ? query : (...args) => this.sendWithin(queryDeadline, query, args),
    );
    this.query = ((...args: unknown[]) => {
      const [first] = args;
      if (first instanceof PreparedQuery) return this.run(first);
      const result = this.answerTo(args);
      if (!(result instanceof Promise)) return result;
      result.catch((error: unknown) => leaveReadOnly(this, error));
      return timed(result);
    }) as typeof this.query;
  }

  private run(query: PreparedQuery): unknown {
    query.isFirst = this.isToBegin;
    this.isToBegin = false;
    return this.send(query);
  }

  private answerTo(args: unknown[]): unknown {
    const [first] = args;
    const { parsedStatements } = this.connection as unknown as { parsedStatements: Readonly<Record<string, string>> };
    if (first === BEGIN.text) {
      if (parsedStatements[BEGIN.name] === undefined) return this.begin();
      this.isToBegin = true;
      return Promise.resolve(NOTHING);
    }
    if (!this.isToBegin) return this.send(...args);
    this.isToBegin = false;
    if (first === 'COMMIT' || first === 'ROLLBACK') return Promise.resolve(NOTHING);
    return this.begin().then(() => this.send(...args));
  }

  private begin(): Promise<unknown> {
    const { name, text } = BEGIN;
    return this.send({ name, text }) as Promise<unknown>;
  }

  private sendWithin(ms: number, query: Query, args: unknown[]): unknown {
    const [first] = args;
    if (first instanceof PreparedQuery) {
      first.deadline = expectWithin(ms, first);
      return query(first);
    }
    if (isStream(first)) return query(...args);
    const deadline = expectWithin(ms, this.connection);
    const ended = () => clearTimeout(deadline);
    const callback = args.at(-1);
    if (typeof callback === 'function') args[args.length - 1] = ending(ended, callback as Callback);
    const result = query(...args);
    if (result instanceof Promise) result.then(ended, ended);
    return result;
  }
}

/** A server that may not be written to was one that might when this connection was opened: the next may find its successor. */
export function leaveReadOnly(client: pg.ClientBase, error: unknown): void {
  if ((error as { code?: unknown }).code === READ_ONLY) void (client as pg.Client).end();
}

/** Whoever waits for a statement is told; an 'error' event that nobody hears would end the process. */
function heard(): void {}

function isStream(query: unknown): boolean {
  return typeof (query as { submit?: unknown }).submit === 'function';
}

function ending(ended: () => void, callback: Callback): Callback {
  return (...args) => {
    ended();
    callback(...args);
  };
}
