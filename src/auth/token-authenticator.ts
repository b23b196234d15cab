import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import passport from 'passport';
import type { AccessRule, Caller } from '../kernel/access/access.js';
import { Authenticator } from '../kernel/access/authenticator.js';
import { payloadOf } from '../kernel/http/body.middleware.js';
import { badCredentials, notAuthenticated, readOnlyToken, sessionNeeded } from '../kernel/errors/access.errors.js';
import { Attempts } from '../users/attempts.js';
import { AccessScope } from './access-token.entity.js';
import { isAccessToken } from './access-token.js';
import { AccessTokensService } from './access-tokens.service.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';
import { bearerToken, JwtStrategy } from './jwt.strategy.js';

/** Knows callers by their bearer token: the JWT of a session, or a personal access token. */
@Injectable()
export class TokenAuthenticator extends Authenticator {
  /** Its own: the names of the global one belong to the process, where another application may live. */
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
    const limit = limitOf(rule, request);
    if (limit === undefined) return this.callerBy(rule, request, response);
    this.concurrency.enter(limit, response);
    return this.attempts.countRequest(request, response, limit).then(() => this.callerBy(rule, request, response));
  }

  private callerBy(rule: AccessRule, request: Request, response: Response): undefined | Promise<Caller> {
    const token = bearerToken(request);
    if (rule.public && !(rule.optional && token !== null)) return undefined;
    if (token === null) throw notAuthenticated();
    return this.callerOf(token, rule, request, response);
  }

  private async callerOf(token: string, rule: AccessRule, request: Request, response: Response): Promise<Caller> {
    const seen = this.strategy.seen.of(token);
    const caller = seen
      ? await this.strategy.callerOf(seen)
      : await (isAccessToken(token) ? this.holderOf(token, request, rule) : this.verify(request, response));
    if (!caller) throw badCredentials();
    request.user = caller;
    return caller;
  }

  /** Who lets a script act for them. Throws sessionNeeded, readOnlyToken. */
  private async holderOf(token: string, request: Request, { sessionOnly }: AccessRule): Promise<Caller | false> {
    const held = await this.accessTokens.holderOf(token);
    if (!held) return false;
    request.user = held.caller; // of a refused request, too: log and audit trail name the token's owner
    const { method } = request;
    if (sessionOnly) throw sessionNeeded();
    if (held.scope === AccessScope.read && method !== 'GET' && method !== 'HEAD') throw readOnlyToken();
    return held.caller;
  }

  /** Passport's verdict. */
  private verify(request: Request, response: Response): Promise<Caller | false> {
    return new Promise((resolve, reject) => {
      const verdict = (error: unknown, caller: Caller | false) => (error ? reject(error) : resolve(caller));
      this.passport.authenticate('jwt', verdict)(request, response, reject);
    });
  }
}

/** Who is signed in refreshes at the token endpoint, too, while others guess passwords from the same address. */
function limitOf({ limit }: AccessRule, request: Request): string | undefined {
  if (limit !== 'credentials') return limit;
  return payloadOf(request).form?.['grant_type'] === 'refresh_token' ? 'refresh' : limit;
}
