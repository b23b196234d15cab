import type { Duplex } from 'node:stream';
import { DeadlineWatch, type Expected } from '../common/deadline-watch.js';

/** An answer of PostgreSQL's that somebody waits for. */
export interface Answer extends Expected {
  /** What it comes through, once it has been asked for. */
  readonly stream: Duplex | undefined;
}

/**
 * Answers that must come in time. The connection of one that does not is torn down: nobody else is to wait for it. Nothing
 * else would do: pg's own `query_timeout` gives the connection back while its answer is still to come, and whoever takes
 * it next waits for that one too.
 */
export const answers = new DeadlineWatch<Answer>(({ stream }) => stream?.destroy(new Error('Query read timeout')));
