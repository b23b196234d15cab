import type { Duplex } from 'node:stream';

/** An answer of PostgreSQL's that somebody waits for. */
export interface PendingStatement {
  /** What it comes through, once it has been asked for. */
  readonly stream: Duplex | undefined;
}

/**
 * Tears the connection of an answer down unless the timer is cleared within so many milliseconds: nobody else is to wait
 * for it. Nothing else would do: pg's own `query_timeout` gives the connection back while its answer is still to come, and
 * whoever takes it next waits for that one too.
 */
export function expectWithin(ms: number, statement: PendingStatement): NodeJS.Timeout {
  return setTimeout(tearDown, ms, statement).unref();
}

function tearDown({ stream }: PendingStatement): void {
  stream?.destroy(new Error('Query read timeout'));
}
