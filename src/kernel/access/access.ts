import { createParamDecorator, SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { perHandler } from '../common/per-handler.js';

// Access decorators: @Public, @SignedIn, @Roles, @SessionOnly, @RateLimited, and @CurrentUser.

/** The role of an account. */
export enum UserRole {
  admin = 'admin',
  user = 'user',
}

/** The account that sends the request. Read from the database for each request, not from the token. */
export interface Caller {
  readonly id: number;
  readonly role: UserRole;
  readonly email: string;
  /** Undefined for a personal access token, which belongs to no session. */
  readonly session_id: string | undefined;
}

/** Who may call a route, as its decorators declare. */
export interface AccessRule {
  readonly public: boolean;
  /** On a public route: a token is optional, and an invalid one is refused. */
  readonly optional: boolean;
  readonly roles: readonly UserRole[];
  /** Personal access tokens are refused. */
  readonly sessionOnly: boolean;
  /** The name of the route's rate limit, which counts requests per client address. */
  readonly limit?: string;
}

const ACCESS_RULE = 'aerie:access';
const SIGNED_IN: AccessRule = { public: false, optional: false, roles: [], sessionOnly: false };

/**
 * A decorator for handlers and controllers. Several on one target are merged. `defaults`: what it sets unless another
 * decorator of the target does; on a handler, they replace what the controller declares.
 */
function addToRule(
  given: Partial<AccessRule>,
  defaults: Partial<AccessRule> = {},
): CustomDecorator & ClassDecorator & MethodDecorator {
  const decorate = (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const holder = (descriptor?.value ?? target) as object;
    const before = Reflect.getOwnMetadata(ACCESS_RULE, holder) as Partial<AccessRule> | undefined;
    SetMetadata(ACCESS_RULE, { ...defaults, ...before, ...given })(target as never, key as never, descriptor as never);
  };
  return Object.assign(decorate, { KEY: ACCESS_RULE }) as never;
}

/** The route needs no token, even if its controller has `@Roles()` or `@SessionOnly()`. */
export const Public = (options: { optional?: boolean } = {}) =>
  addToRule({ public: true, optional: options.optional ?? false }, { roles: [], sessionOnly: false });

/** The route needs a signed-in caller of any role, even if its controller has `@Roles()`. */
export const SignedIn = () => addToRule({ public: false }, { roles: [] });

/** The route needs one of these roles. Others get 403. */
export const Roles = (...roles: UserRole[]) => addToRule({ public: false, roles });

/** The route refuses personal access tokens with 403. For routes that manage credentials and sessions. */
export const SessionOnly = () => addToRule({ public: false, sessionOnly: true });

/**
 * Limits requests per minute and client address, for all routes with this name together. For routes that take
 * credentials.
 */
export const RateLimited = (limit = 'credentials') => addToRule({ limit });

const declaredRule = (target: object) => Reflect.getMetadata(ACCESS_RULE, target) as Partial<AccessRule> | undefined;

/**
 * Whether the handler or its controller has an access decorator. The application does not start if a documented route
 * has none.
 */
export function hasAccessRule(controller: object, handler: object): boolean {
  return declaredRule(handler) !== undefined || declaredRule(controller) !== undefined;
}

/**
 * Returns the access rule of a handler. What its decorators declare overrides the same of its controller's; the rest of
 * the controller's rule stays. Without any, callers must be signed in.
 */
export const accessRule = perHandler((controller, handler): AccessRule => {
  const rule: { -readonly [K in keyof AccessRule]: AccessRule[K] } = {
    ...SIGNED_IN,
    ...declaredRule(controller),
    ...declaredRule(handler),
  };
  if (rule.roles.length > 0 || rule.sessionOnly) rule.public = false; // the stricter decorator applies
  rule.optional &&= rule.public;
  return rule;
});

/** The signed-in caller; undefined for an anonymous caller of a public route. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.getArgByIndex<Request & { user?: Caller }>(0).user,
);

/** Returns the owner that a query has to filter by: null for admins, who see every row; otherwise the caller's id. */
export function ownerOf(caller: Caller): number | null {
  return caller.role === UserRole.admin ? null : caller.id;
}
