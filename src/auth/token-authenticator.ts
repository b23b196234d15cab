import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import passport from 'passport';
import type { AccessRule, Caller } from '../kernel/access/access.js';
import { Authenticator } from '../kernel/access/authenticator.js';
import { payloadOf } from '../kernel/http/body.middleware.js';
import { badCredentials, notAuthenticated, readOnlyToken, sessionNeeded } from '../kernel/errors/access.errors.js';
import { Attempts } from '../users/attempts.js';
import { AccessScope } from './access-token.entity.js';
import { isPersonalAccessToken } from './access-token.js';
import { AccessTokensService } from './access-tokens.service.js';
import type { Claims } from './claims.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';
import { bearerToken, JwtStrategy } from './jwt.strategy.js';

/**
 * Authenticates callers by their bearer token: the JWT of a session, or a personal access token. Also applies rate
 * limits.
 */
@Injectable()
export class TokenAuthenticator extends Authenticator {
  /** A separate instance, since applications in the same process would share the strategies of the global one. */
  private readonly passport = new passport.Passport();
  private readonly concurrency = new ConcurrencyLimiter();

  constructor(
    private readonly strategy: JwtStrategy,
    private readonly accessTokens: AccessTokensService,
    private readonly attempts: Attempts,
  ) {
    super();
    this.passport.use(strategy);
  }

  authenticate(rule: AccessRule, request: Request, response: Response): undefined | Promise<Caller | undefined> {
    const limit = limitFor(rule, request);
    if (limit === undefined) return this.authenticateToken(rule, request, response);
    this.concurrency.enter(limit, response);
    return this.attempts
      .countRequest(request, response, limit)
      .then(() => this.authenticateToken(rule, request, response));
  }

  override async countLimited(rule: AccessRule, request: Request, response: Response): Promise<void> {
    const limit = limitFor(rule, request);
    if (limit !== undefined) await this.attempts.countRequest(request, response, limit);
  }

  override identify(request: Request, response: Response): number | undefined | Promise<number | undefined> {
    const token = bearerToken(request);
    if (token === null) return undefined;
    if (isPersonalAccessToken(token)) return this.accessTokens.ownerOf(token);
    const seen = this.strategy.verifiedTokens.get(token);
    if (seen) return this.strategy.accountOf(seen);
    return this.verifyJwt(request, response).then(
      (claims) => (claims ? this.strategy.accountOf(claims) : undefined),
      () => undefined,
    );
  }

  private authenticateToken(rule: AccessRule, request: Request, response: Response): undefined | Promise<Caller> {
    const token = bearerToken(request);
    if (rule.public && !(rule.optional && token !== null)) return undefined;
    if (token === null) throw notAuthenticated();
    return this.findCaller(token, rule, request, response);
  }

  private async findCaller(token: string, rule: AccessRule, request: Request, response: Response): Promise<Caller> {
    const caller = isPersonalAccessToken(token)
      ? await this.authenticateAccessToken(token, request, rule)
      : await this.authenticateJwt(token, request, response);
    if (!caller) throw badCredentials();
    request.user = caller;
    return caller;
  }

  /** Returns the owner of a personal access token. Throws sessionNeeded, readOnlyToken. */
  private async authenticateAccessToken(
    token: string,
    request: Request,
    { sessionOnly }: AccessRule,
  ): Promise<Caller | false> {
    const held = await this.accessTokens.authenticate(token);
    if (!held) return false;
    request.user = held.caller; // also set for refused requests, so that log and audit trail show the owner
    const { method } = request;
    if (sessionOnly) throw sessionNeeded();
    if (held.scope === AccessScope.read && method !== 'GET' && method !== 'HEAD') throw readOnlyToken();
    return held.caller;
  }

  private async authenticateJwt(token: string, request: Request, response: Response): Promise<Caller | false> {
    const claims = this.strategy.verifiedTokens.get(token) ?? (await this.verifyJwt(request, response));
    return claims && this.strategy.findCaller(claims);
  }

  /** Verifies a JWT with passport. */
  private verifyJwt(request: Request, response: Response): Promise<Claims | false> {
    return new Promise((resolve, reject) => {
      const verdict = (error: unknown, claims: Claims | false) => (error ? reject(error) : resolve(claims));
      this.passport.authenticate('jwt', verdict)(request, response, reject);
    });
  }
}

/**
 * Returns the name of the rate limit of a request. Refreshes at the token endpoint have a separate limit, so that
 * others who guess passwords from the same address do not block them.
 */
function limitFor({ limit }: AccessRule, request: Request): string | undefined {
  if (limit !== 'credentials') return limit;
  return payloadOf(request).form?.['grant_type'] === 'refresh_token' ? 'refresh' : limit;
}
