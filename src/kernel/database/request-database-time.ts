import { currentContext, type RequestContext } from '../context/request-context.js';

/**
 * Adds the duration of a statement to the current request's database time (`db` in `Server-Timing`). Overlapping
 * statements count once, so that the database time never exceeds the duration of the request.
 */
export function trackDatabaseTime<T>(statement: Promise<T>): Promise<T> {
  const context = currentContext();
  if (context === undefined) return statement;
  statementBegins(context);
  const ended = () => statementEnds(context);
  statement.then(ended, ended);
  return statement;
}

export function statementBegins(context: RequestContext): void {
  const now = (context.running_statements ??= { running: 0, since: 0 });
  if (now.running++ === 0) now.since = performance.now();
}

export function statementEnds(context: RequestContext): void {
  const now = context.running_statements!;
  if (--now.running === 0) context.database_ms += performance.now() - now.since;
}
