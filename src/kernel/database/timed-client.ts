import pg from 'pg';
import { timed } from './database-time.js';

type Query = (...args: unknown[]) => unknown;

/** A connection that adds the time of its statements to the request they run for (the `db` share of `Server-Timing`). */
export class TimedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as Query;
    this.query = ((...args: unknown[]) => {
      const result = query(...args);
      return result instanceof Promise ? timed(result) : result;
    }) as typeof this.query;
  }
}
