import type { Request, Response } from 'express';
import type { Caller } from './access.js';

/** Limits requests for AccessGuard. The http layer implements it. */
export abstract class RequestLimiter {
  /** Counts a request of this caller, or of its address. Throws a 429 if it is one too many. */
  abstract count(request: Request, response: Response, caller: Caller | undefined): void | Promise<void>;
}
