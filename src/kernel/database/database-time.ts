import { currentExchange, type Exchange } from '../http/exchange.js';

/**
 * Adds the time until this ends to the request that it runs for (the `db` share of `Server-Timing`). While several run at
 * once the time counts once, so that the share is never more than the whole.
 */
export function timed<T>(statement: Promise<T>): Promise<T> {
  const exchange = currentExchange();
  if (exchange === undefined) return statement;
  statementBegins(exchange);
  const ended = () => statementEnds(exchange);
  statement.then(ended, ended);
  return statement;
}

export function statementBegins(exchange: Exchange): void {
  const now = (exchange.database_now ??= { running: 0, since: 0 });
  if (now.running++ === 0) now.since = performance.now();
}

export function statementEnds(exchange: Exchange): void {
  const now = exchange.database_now!;
  if (--now.running === 0) exchange.database_ms += performance.now() - now.since;
}
