import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
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
  readonly session_id: string;
}

export interface AccessRule {
  readonly public: boolean;
  /** On a public route: whoever shows a token is known, and a bad token is refused. */
  readonly optional: boolean;
  readonly roles: readonly UserRole[];
}

export const ACCESS_RULE = 'aerie:access';
const rule = (given: Partial<AccessRule>) =>
  SetMetadata(ACCESS_RULE, { public: false, optional: false, roles: [], ...given } satisfies AccessRule);

/** Open to everybody; every other route needs a token. */
export const Public = (options: { optional?: boolean } = {}) =>
  rule({ public: true, optional: options.optional ?? false });

/** Only for these roles; others get 403. */
export const Roles = (...roles: UserRole[]) => rule({ roles });

const SIGNED_IN: AccessRule = { public: false, optional: false, roles: [] };
const rules = new WeakMap<object, AccessRule>();

/** The rule of a handler: one for any signed-in user where it names none. */
export function accessRule(handler: object): AccessRule {
  const known = rules.get(handler);
  if (known) return known;
  const rule = (Reflect.getMetadata(ACCESS_RULE, handler) as AccessRule | undefined) ?? SIGNED_IN;
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
