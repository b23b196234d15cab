import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import passport from 'passport';
import { accessRule, type AccessRule, type Caller } from '../kernel/access/access.js';
import { Attempts } from '../users/attempts.js';
import { AccessScope } from './access-token.entity.js';
import { isAccessToken } from './access-token.js';
import { AccessTokensService } from './access-tokens.service.js';
import { badCredentials, forbidden, notAuthenticated, readOnlyToken, sessionNeeded } from './auth.errors.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';
import { bearerToken, JwtStrategy } from './jwt.strategy.js';

/** The one global guard. It denies by default: only `@Public()` opens a route, `@Roles()` and `@SessionOnly()` narrow it. */
@Injectable()
export class AccessGuard implements CanActivate {
  /** Its own: the names of the global one belong to the process, where another application may live. */
  private readonly passport = new passport.Passport();
  private readonly crowds = new ConcurrencyLimiter();

  constructor(
    private readonly strategy: JwtStrategy,
    private readonly accessTokens: AccessTokensService,
    private readonly attempts: Attempts,
  ) {
    this.passport.use(strategy);
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = accessRule(context.getHandler());
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    if (rule.limit === undefined) return this.judge(rule, request, response);
    this.crowds.enter(rule.limit, response);
    return this.attempts.countRequest(request, response, rule.limit).then(() => this.judge(rule, request, response));
  }

  private judge(rule: AccessRule, request: Request, response: Response): boolean | Promise<boolean> {
    const token = bearerToken(request);
    if (rule.public && !(rule.optional && token !== null)) return true;
    if (token === null) throw notAuthenticated();
    return this.admit(token, rule, request, response);
  }

  private async admit(token: string, rule: AccessRule, request: Request, response: Response): Promise<boolean> {
    const seen = this.strategy.seen.of(token);
    const caller = seen
      ? await this.strategy.callerOf(seen)
      : await (isAccessToken(token) ? this.holderOf(token, request, rule) : this.callerOf(request, response));
    if (!caller) throw badCredentials();
    request.user = caller;
    const { roles } = rule;
    if (roles.length > 0 && !roles.includes(caller.role)) throw forbidden();
    return true;
  }

  /** Who lets a script act for him. Throws sessionNeeded, readOnlyToken. */
  private async holderOf(token: string, request: Request, { sessionOnly }: AccessRule): Promise<Caller | false> {
    const held = await this.accessTokens.holderOf(token);
    if (!held) return false;
    request.user = held.caller; // also of a request that is refused: log and trail tell whose it was
    const { method } = request;
    if (sessionOnly) throw sessionNeeded();
    if (held.scope === AccessScope.read && method !== 'GET' && method !== 'HEAD') throw readOnlyToken();
    return held.caller;
  }

  /** Passport's verdict. */
  private callerOf(request: Request, response: Response): Promise<Caller | false> {
    return new Promise((resolve, reject) => {
      const verdict = (error: unknown, caller: Caller | false) => (error ? reject(error) : resolve(caller));
      this.passport.authenticate('jwt', verdict)(request, response, reject);
    });
  }
}
