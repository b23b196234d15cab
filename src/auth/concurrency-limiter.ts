import type { Response } from 'express';
import { AppError } from '../kernel/errors/app-error.js';
import { Bulkhead } from '../kernel/concurrency/bulkhead.js';

// Limits concurrent requests with credentials.

/** More than the threads and queue for password hashing, so that this limit only applies to sudden bursts. */
const MAX_CONCURRENT = 48;

const tooManyRequests = () =>
  new AppError('Too many requests of this kind at once, try again', 503, { 'Retry-After': '1' });

/**
 * Limits the number of concurrent requests per rate limit (sign-ins, …), so that a burst of them cannot take all slots
 * and database connections. Requests beyond the limit get a 503 before any query.
 */
export class ConcurrencyLimiter {
  private readonly bulkheads = new Map<string, Bulkhead>();

  /** Counts the request until its response is closed. Throws a 503 if the limit of `name` is reached. */
  enter(name: string, response: Response): void {
    const bulkhead =
      this.bulkheads.get(name) ??
      new Bulkhead({ maxConcurrent: MAX_CONCURRENT, maxQueued: 0, maxWaitMs: 0, createError: tooManyRequests });
    this.bulkheads.set(name, bulkhead);
    if (response.closed) return;
    if (bulkhead.isFull) throw tooManyRequests();
    void bulkhead.acquire();
    response.once('close', () => bulkhead.release());
  }
}
