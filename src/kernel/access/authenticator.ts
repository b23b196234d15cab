import type { Request, Response } from 'express';
import type { AccessRule, Caller } from './access.js';

/** Finds out who sends a request. The auth module provides it; without it only public routes are open. */
export abstract class Authenticator {
  /**
   * The caller, as far as the rule asks for one; undefined for an anonymous request to a public route. Also counts requests
   * against the rule's limit. Throws the 401, 403, 429 or 503 that refuses the request.
   */
  abstract authenticate(
    rule: AccessRule,
    request: Request,
    response: Response,
  ): Caller | undefined | Promise<Caller | undefined>;
}
