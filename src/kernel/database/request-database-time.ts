import { currentContext } from '../context/request-context.js';

/**
 * Adds the duration of a statement to the current request's database time (`db` in `Server-Timing`). Overlapping
 * statements count once, so that the database time never exceeds the duration of the request.
 */
export function trackDatabaseTime<T>(statement: Promise<T>): Promise<T> {
  const context = currentContext();
  if (context === undefined) return statement;
  const now = (context.running_statements ??= { running: 0, since: 0 });
  if (now.running++ === 0) now.since = performance.now();
  const ended = () => {
    if (--now.running === 0) context.database_ms += performance.now() - now.since;
  };
  statement.then(ended, ended);
  return statement;
}
