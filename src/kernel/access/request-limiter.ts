import type { Request, Response } from 'express';

/** Limits requests for AccessGuard. The rate-limit module implements it. */
export abstract class RequestLimiter {
  /** Counts a request of this account (its id), or of its address. Throws a 429 if it is one too many. */
  abstract count(request: Request, response: Response, account: number | undefined): void | Promise<void>;
}
