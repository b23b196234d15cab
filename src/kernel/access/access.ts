import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** What an account may do. */
export enum UserRole {
  admin = 'admin',
  user = 'user',
}

/** Who is asking: read from the database for this request, never from the token alone. */
export interface Caller {
  readonly id: number;
  readonly role: UserRole;
  readonly email: string;
  /** Undefined where a personal access token asks: it belongs to no session. */
  readonly session_id: string | undefined;
}

export interface AccessRule {
  readonly public: boolean;
  /** On a public route: whoever shows a token is known, and a bad token is refused. */
  readonly optional: boolean;
  readonly roles: readonly UserRole[];
  /** No access token is enough: whoever asks has signed in. */
  readonly sessionOnly: boolean;
  /** The limit that requests are counted against for where they come from, by its name. */
  readonly limit?: string;
}

const ACCESS_RULE = 'aerie:access';
const SIGNED_IN: AccessRule = { public: false, optional: false, roles: [], sessionOnly: false };

/** Adds to what the handler's other decorators say. */
function rule(given: Partial<AccessRule>): MethodDecorator {
  return (_target, _key, descriptor) => {
    const handler = descriptor.value as object;
    Reflect.defineMetadata(ACCESS_RULE, { ...SIGNED_IN, ...declared(handler), ...given }, handler);
  };
}

/** Open to everybody; every other route needs a token. */
export const Public = (options: { optional?: boolean } = {}) =>
  rule({ public: true, optional: options.optional ?? false });

/** For whoever is signed in, whatever his role. */
export const SignedIn = () => rule({});

/** Only for these roles; others get 403. */
export const Roles = (...roles: UserRole[]) => rule({ roles });

/** Not for personal access tokens, which get 403: for what manages credentials and sessions. */
export const SessionOnly = () => rule({ sessionOnly: true });

/** Takes passwords, codes or tokens: only so many requests a minute from one address, for all routes of this name together. */
export const Limited = (limit = 'credentials') => rule({ limit });

const declared = (handler: object) => Reflect.getMetadata(ACCESS_RULE, handler) as AccessRule | undefined;
const rules = new WeakMap<object, AccessRule>();

/** Whether its decorators say who may call a handler: a route of which nobody said it does not start. */
export const hasAccessRule = (handler: object) => declared(handler) !== undefined;

/** The rule of a handler: one for any signed-in user where it names none. */
export function accessRule(handler: object): AccessRule {
  const known = rules.get(handler);
  if (known) return known;
  const rule = declared(handler) ?? SIGNED_IN;
  rules.set(handler, rule);
  return rule;
}

/** The signed-in caller. On a public route with an optional token: undefined for anonymous. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<Request & { user?: Caller }>().user,
);

/** The owner rule of a query: an admin sees every row, anyone else those whose owner he is. */
export function ownerOf(caller: Caller): number | null {
  return caller.role === UserRole.admin ? null : caller.id;
}
