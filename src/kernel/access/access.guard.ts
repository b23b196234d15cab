import { Inject, Injectable, Optional, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { forbidden, notAuthenticated } from '../errors/access.errors.js';
import { accessRule, type AccessRule, type Caller } from './access.js';
import { Authenticator } from './authenticator.js';

/** The global guard. It denies by default: `@Public()` opens a route, `@Roles()` and `@SessionOnly()` restrict it. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(@Optional() @Inject(Authenticator) private readonly authenticator?: Authenticator) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rule = accessRule(context.getHandler(), context.getClass());
    if (context.getType() === 'ws') return rule.public || rejectWsMessage();
    if (context.getType() !== 'http') return assertAllowed(rule, undefined);
    const http = context.switchToHttp();
    return this.check(rule, http.getRequest<Request>(), http.getResponse<Response>());
  }

  private check(rule: AccessRule, request: Request, response: Response): boolean | Promise<boolean> {
    const caller = this.authenticator?.authenticate(rule, request, response);
    return caller instanceof Promise ? caller.then((known) => assertAllowed(rule, known)) : assertAllowed(rule, caller);
  }
}

/**
 * Rejects a WebSocket message, which has no bearer token. The package is loaded only here: an application with gateways has
 * it, and only its WsException is sent to the client.
 */
async function rejectWsMessage(): Promise<never> {
  const { WsException } = await import('@nestjs/websockets');
  throw new WsException(notAuthenticated().message);
}

function assertAllowed(rule: AccessRule, caller: Caller | undefined): true {
  if (caller === undefined && !rule.public) throw notAuthenticated();
  if (rule.roles.length > 0 && !rule.roles.includes(caller!.role)) throw forbidden();
  return true;
}
