import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { Request } from 'express';
import { accessRule, type Caller } from '../kernel/http/access.js';
import { badCredentials, forbidden, notAuthenticated } from './auth.errors.js';

/** The one global guard. It denies by default: only `@Public()` opens a route, `@Roles()` narrows it. */
@Injectable()
export class AccessGuard extends AuthGuard('jwt') {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = accessRule(context.getHandler());
    const { authorization } = context.switchToHttp().getRequest<Request>().headers;
    const shown = /^bearer(?: |$)/i.test(authorization ?? '');
    if (rule.public && !(rule.optional && shown)) return true;
    if (!shown) throw notAuthenticated();
    await super.canActivate(context);
    const { user } = context.switchToHttp().getRequest<Request & { user: Caller }>();
    if (rule.roles.length > 0 && !rule.roles.includes(user.role)) throw forbidden();
    return true;
  }

  /** Passport's verdict: the caller, or false for a token that is not good. */
  override handleRequest<T>(error: unknown, caller: T | false): T {
    if (error) throw error;
    if (!caller) throw badCredentials();
    return caller;
  }
}
