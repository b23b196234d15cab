import type { Request, Response } from 'express';
import type { AccessRule, Caller } from './access.js';

/**
 * Authenticates requests for AccessGuard. The auth module implements it; without it, only public routes can be called.
 */
export abstract class Authenticator {
  /**
   * Returns the caller, or undefined for an anonymous request to a public route. Counts the request against the rule's
   * rate limit. Throws a 401, 403, 429 or 503 to refuse the request.
   */
  abstract authenticate(
    rule: AccessRule,
    request: Request,
    response: Response,
  ): Caller | undefined | Promise<Caller | undefined>;

  /** Counts a request against the rule's own rate limit, if it has one. Throws a 429. */
  abstract countLimited(rule: AccessRule, request: Request, response: Response): Promise<void>;

  /**
   * Returns the account id of the request's token, for the rate limit and the choice of a replica only: the account or
   * the session may no longer be active. Undefined if there is no valid token. Never throws.
   */
  abstract identify(request: Request, response: Response): number | undefined | Promise<number | undefined>;
}
