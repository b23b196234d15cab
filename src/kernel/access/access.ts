import { createParamDecorator, SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** What an account may do. */
export enum UserRole {
  admin = 'admin',
  user = 'user',
}

/** Who sends the request: read from the database for this request, never from the token alone. */
export interface Caller {
  readonly id: number;
  readonly role: UserRole;
  readonly email: string;
  /** Undefined for a personal access token, which belongs to no session. */
  readonly session_id: string | undefined;
}

export interface AccessRule {
  readonly public: boolean;
  /** On a public route: a token that is sent is checked, and a bad one is refused. */
  readonly optional: boolean;
  readonly roles: readonly UserRole[];
  /** Personal access tokens are refused: the caller must have signed in. */
  readonly sessionOnly: boolean;
  /** Name of the limit that requests are counted against, by the address they come from. */
  readonly limit?: string;
}

const ACCESS_RULE = 'aerie:access';
const NO_CONTROLLER = {};
const SIGNED_IN: AccessRule = { public: false, optional: false, roles: [], sessionOnly: false };

/** On a handler, or on a controller for all its handlers. Adds to what the other decorators of the same target say. */
function rule(given: Partial<AccessRule>): CustomDecorator & ClassDecorator & MethodDecorator {
  const decorate = (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const holder = (descriptor?.value ?? target) as object;
    const before = Reflect.getOwnMetadata(ACCESS_RULE, holder) as Partial<AccessRule> | undefined;
    SetMetadata(ACCESS_RULE, { ...before, ...given })(target as never, key as never, descriptor as never);
  };
  return Object.assign(decorate, { KEY: ACCESS_RULE }) as never;
}

/** Open to everybody. Every other route needs a token. */
export const Public = (options: { optional?: boolean } = {}) =>
  rule({ public: true, optional: options.optional ?? false });

/** For everybody who is signed in, whatever their role. */
export const SignedIn = () => rule({ public: false });

/** Only for these roles. Others get 403. */
export const Roles = (...roles: UserRole[]) => rule({ public: false, roles });

/** Not for personal access tokens, which get 403: for what manages credentials and sessions. */
export const SessionOnly = () => rule({ public: false, sessionOnly: true });

/** Takes passwords, codes or tokens: limits the requests a minute from one address, for all routes of this name together. */
export const Limited = (limit = 'credentials') => rule({ limit });

const declared = (target: object) => Reflect.getMetadata(ACCESS_RULE, target) as Partial<AccessRule> | undefined;

/** Whether decorators of the handler or its controller say who may call it. A documented route without one does not start. */
export function hasAccessRule(handler: object, controller: object = NO_CONTROLLER): boolean {
  return declared(handler) !== undefined || declared(controller) !== undefined;
}

const rules = new WeakMap<object, WeakMap<object, AccessRule>>();

/** The rule of a handler. Its own decorators win over those of its controller; without any, callers must be signed in. */
export function accessRule(handler: object, controller: object = NO_CONTROLLER): AccessRule {
  const ofController = rules.get(controller) ?? new WeakMap<object, AccessRule>();
  const known = ofController.get(handler);
  if (known) return known;
  const own = declared(handler) ?? {};
  const rule: { -readonly [K in keyof AccessRule]: AccessRule[K] } = {
    ...SIGNED_IN,
    ...(own.public === undefined ? declared(controller) : {}),
    ...own,
  };
  if (rule.roles.length > 0 || rule.sessionOnly) rule.public = false; // the narrower one wins
  rules.set(controller, ofController.set(handler, rule));
  return rule;
}

/** The signed-in caller. On a public route: undefined for an anonymous one. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Request & { user?: Caller }>().user,
);

/** The owner rule of a query: an admin sees every row (null), anyone else those they own. */
export function ownerOf(caller: Caller): number | null {
  return caller.role === UserRole.admin ? null : caller.id;
}
