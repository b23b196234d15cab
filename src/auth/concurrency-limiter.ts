import type { Response } from 'express';
import { AppError } from '../kernel/errors/app-error.js';
import { Bulkhead } from '../kernel/concurrency/bulkhead.js';

/** More than can be hashed and wait for it, so that this is what refuses only when many come in one moment. */
const INSIDE = 48;

const refusal = () => new AppError('Too many requests of this kind at once, try again', 503, { 'Retry-After': '1' });

/**
 * Keeps those who come with credentials from taking the places of all others, and the database's connections, when
 * hundreds come in one moment: what is too much is refused before anything is asked or awaited.
 */
export class ConcurrencyLimiter {
  private readonly bulkheads = new Map<string, Bulkhead>();

  /** Lets the request in until it is answered. Throws 503 when so many of the same kind are. */
  enter(name: string, response: Response): void {
    const bulkhead =
      this.bulkheads.get(name) ??
      new Bulkhead({ maxConcurrent: INSIDE, maxQueued: 0, maxWaitMs: 0, createError: refusal });
    this.bulkheads.set(name, bulkhead);
    if (response.closed) return;
    if (bulkhead.isFull) throw refusal();
    void bulkhead.acquire();
    response.once('close', () => bulkhead.release());
  }
}
