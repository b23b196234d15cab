import { HttpException, Inject, Injectable, Optional, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { contextOf } from '../context/request-context.js';
import { forbidden, notAuthenticated } from '../errors/access.errors.js';
import { accessRule, type AccessRule, type Caller } from './access.js';
import { Authenticator } from './authenticator.js';
import { RequestLimiter } from './request-limiter.js';

/**
 * The global guard. It denies by default: `@Public()` opens a route, `@Roles()` restricts it. The Authenticator enforces
 * `@SessionOnly()`.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Optional() @Inject(Authenticator) private readonly authenticator?: Authenticator,
    @Optional() @Inject(RequestLimiter) private readonly limiter?: RequestLimiter,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = accessRule(context.getClass(), context.getHandler());
    if (context.getType() === 'ws') return rule.public || rejectWsMessage();
    if (context.getType() !== 'http') return assertAllowed(rule, undefined);
    const [request, response] = context.getArgs<[Request, Response]>();
    return this.check(rule, request, response);
  }

  /** Counts a request that is refused before its caller is authenticated. Throws a 429 if it is one too many. */
  async countRefused(context: ExecutionContext): Promise<void> {
    const [request, response] = context.getArgs<[Request, Response]>();
    const rule = accessRule(context.getClass(), context.getHandler());
    await this.count(rule, request, response, await this.authenticator?.identify(request, response));
    await this.authenticator?.countLimited(rule, request, response);
  }

  private check(rule: AccessRule, request: Request, response: Response): boolean | Promise<boolean> {
    const admit = (caller: Caller | undefined) => {
      const account = caller?.id ?? (rule.public ? this.authenticator?.identify(request, response) : undefined);
      const counting =
        account instanceof Promise
          ? account.then((id) => this.count(rule, request, response, id))
          : this.count(rule, request, response, account);
      return counting ? counting.then(() => assertAllowed(rule, caller)) : assertAllowed(rule, caller);
    };
    const refuse = async (error: unknown) => {
      // if the token could not be checked, its account is unknown: in an outage, whole addresses would get a 429
      if (isRefusal(error)) await this.count(rule, request, response, (request.user as Caller | undefined)?.id);
      throw error;
    };
    let caller: ReturnType<Authenticator['authenticate']>;
    try {
      caller = this.authenticator?.authenticate(rule, request, response);
    } catch (error) {
      return refuse(error);
    }
    return caller instanceof Promise ? caller.then(admit, refuse) : admit(caller);
  }

  /** Counts the request, also if it is refused. The authenticator counts it on routes with their own limit. */
  private count(
    rule: AccessRule,
    request: Request,
    response: Response,
    account: number | undefined,
  ): void | Promise<void> {
    const context = contextOf(request);
    if (context) context.account = account;
    return rule.limit === undefined ? this.limiter?.count(request, response, account) : undefined;
  }
}

/**
 * Rejects a WebSocket message, which has no bearer token. The package is loaded only here: an application with gateways
 * has it, and only its WsException is sent to the client.
 */
async function rejectWsMessage(): Promise<never> {
  const { WsException } = await import('@nestjs/websockets');
  throw new WsException(notAuthenticated().message);
}

/** Whether the error is an answer to the caller, not a failure of the database or of this process. */
function isRefusal(error: unknown): boolean {
  return error instanceof HttpException && error.getStatus() < 500;
}

function assertAllowed(rule: AccessRule, caller: Caller | undefined): true {
  if (caller === undefined && !rule.public) throw notAuthenticated();
  if (rule.roles.length > 0 && !rule.roles.includes(caller!.role)) throw forbidden();
  return true;
}
