import pg from 'pg';
import { timed } from './database-time.js';
import { PreparedQuery } from './prepared-query.js';

export interface TimedClientConfig extends pg.ClientConfig {
  /** Milliseconds that a statement may take, as seen from here; a COPY or a cursor as long as its reader. */
  readonly queryDeadline?: number;
}

/** PostgreSQL's `read_only_sql_transaction`. */
const READ_ONLY = '25006';

type Query = (...args: unknown[]) => unknown;
type Callback = (...args: unknown[]) => void;

/**
 * A connection that adds the time of its statements to the request they run for (the `db` share of `Server-Timing`), and
 * that is torn down when one is not answered in time. Nothing else would do: pg's own `query_timeout` gives the
 * connection back while its answer is still to come, and whoever takes it next waits for that one too.
 */
export class TimedClient extends pg.Client {
  constructor(config: TimedClientConfig = {}) {
    super(config);
    this.on('error', heard);
    const query = this.query.bind(this) as Query;
    const { queryDeadline } = config;
    this.query = ((...args: unknown[]) => {
      const [first] = args;
      if (first instanceof PreparedQuery) {
        if (queryDeadline !== undefined) first.expectWithin(queryDeadline);
        return query(first);
      }
      const watch = queryDeadline === undefined || isStream(first) ? undefined : this.watch(queryDeadline);
      const callback = args.at(-1);
      if (watch && typeof callback === 'function') args[args.length - 1] = ending(watch, callback as Callback);
      const result = query(...args);
      if (!(result instanceof Promise)) return result;
      result.then(
        () => clearTimeout(watch),
        (error: unknown) => {
          clearTimeout(watch);
          leaveReadOnly(this, error);
        },
      );
      return timed(result);
    }) as typeof this.query;
  }

  private watch(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.connection.stream.destroy(new Error('Query read timeout')), ms);
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

function ending(watch: NodeJS.Timeout, callback: Callback): Callback {
  return (...args) => {
    clearTimeout(watch);
    callback(...args);
  };
}
