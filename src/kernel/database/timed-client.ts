import pg from 'pg';
import { currentExchange } from '../http/exchange.js';

type Query = (...args: unknown[]) => unknown;

/** A connection that adds the time of its statements to the request they run for (the `db` share of `Server-Timing`). */
export class TimedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as Query;
    this.query = ((...args: unknown[]) => {
      const result = query(...args);
      const exchange = currentExchange();
      if (exchange === undefined || !(result instanceof Promise)) return result;
      const began = performance.now();
      const add = () => {
        exchange.database_ms += performance.now() - began;
      };
      result.then(add, add);
      return result;
    }) as typeof this.query;
  }
}
