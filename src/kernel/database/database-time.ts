import { currentContext, type RequestContext } from '../context/request-context.js';

/**
 * Adds the time until this ends to the request that it runs for (the `db` share of `Server-Timing`). While several run at
 * once the time counts once, so that the share is never more than the whole.
 */
export function timed<T>(statement: Promise<T>): Promise<T> {
  const context = currentContext();
  if (context === undefined) return statement;
  statementBegins(context);
  const ended = () => statementEnds(context);
  statement.then(ended, ended);
  return statement;
}

export function statementBegins(context: RequestContext): void {
  const now = (context.database_now ??= { running: 0, since: 0 });
  if (now.running++ === 0) now.since = performance.now();
}

export function statementEnds(context: RequestContext): void {
  const now = context.database_now!;
  if (--now.running === 0) context.database_ms += performance.now() - now.since;
}
