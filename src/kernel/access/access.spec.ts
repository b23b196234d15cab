import 'reflect-metadata';
import {
  accessRule,
  hasAccessRule,
  RateLimited,
  ownerOf,
  Public,
  Roles,
  SessionOnly,
  SignedIn,
  UserRole,
} from './access.js';

class Routes {
  plain(): void {}

  @Public()
  open(): void {}

  @Public({ optional: true })
  knowing(): void {}

  @SignedIn()
  all(): void {}

  @Roles(UserRole.admin)
  admins(): void {}

  @SessionOnly()
  sessions(): void {}

  @RateLimited()
  counted(): void {}

  @Roles(UserRole.admin)
  @SessionOnly()
  @RateLimited('imports')
  narrow(): void {}
}

@Roles(UserRole.admin)
class AdminRoutes extends Routes {}

@SessionOnly()
class SessionRoutes extends Routes {}

@RateLimited()
class CountedRoutes extends Routes {}

@Public({ optional: true })
class PublicRoutes extends Routes {}

const CLOSED = { public: false, optional: false, roles: [], sessionOnly: false };
const ruleOf = (name: keyof Routes) => accessRule(Routes, Routes.prototype[name]);

describe('accessRule', () => {
  it.each([
    ['plain', {}],
    ['all', {}],
    ['open', { public: true }],
    ['knowing', { public: true, optional: true }],
    ['admins', { roles: ['admin'] }],
    ['sessions', { sessionOnly: true }],
    ['counted', { limit: 'credentials' }],
    ['narrow', { roles: ['admin'], sessionOnly: true, limit: 'imports' }],
  ] as const)('for the handler %s, returns the default rule overridden by %j', (name, rule) => {
    expect(ruleOf(name)).toEqual({ ...CLOSED, ...rule });
    expect(hasAccessRule(Routes, Routes.prototype[name])).toBe(name !== 'plain');
  });
});

describe('accessRule of a handler and its controller', () => {
  it.each([
    [AdminRoutes, 'plain', { roles: ['admin'] }],
    [AdminRoutes, 'sessions', { roles: ['admin'], sessionOnly: true }],
    [AdminRoutes, 'counted', { roles: ['admin'], limit: 'credentials' }],
    [AdminRoutes, 'all', {}],
    [AdminRoutes, 'open', { public: true }],
    [SessionRoutes, 'admins', { roles: ['admin'], sessionOnly: true }],
    [SessionRoutes, 'all', { sessionOnly: true }],
    [SessionRoutes, 'open', { public: true }],
    [CountedRoutes, 'open', { public: true, limit: 'credentials' }],
    [CountedRoutes, 'narrow', { roles: ['admin'], sessionOnly: true, limit: 'imports' }],
    [PublicRoutes, 'plain', { public: true, optional: true }],
    [PublicRoutes, 'all', {}],
    [PublicRoutes, 'admins', { roles: ['admin'] }],
    [PublicRoutes, 'sessions', { sessionOnly: true }],
    [PublicRoutes, 'open', { public: true }],
  ] as const)('for %p and %s, keeps what the handler does not override: %j', (controller, name, rule) => {
    expect(accessRule(controller, controller.prototype[name])).toEqual({ ...CLOSED, ...rule });
  });

  it('keeps the roles of a handler with @SignedIn, in either order', () => {
    class Both {
      @SignedIn()
      @Roles(UserRole.admin)
      one(this: void): void {}

      @Roles(UserRole.admin)
      @SignedIn()
      other(this: void): void {}
    }
    expect(accessRule(Both, Both.prototype.one).roles).toEqual(['admin']);
    expect(accessRule(Both, Both.prototype.other).roles).toEqual(['admin']);
  });
});

it('ownerOf returns null for an admin and their id for a user', () => {
  const caller = { id: 7, email: 'ann@example.com', session_id: undefined };
  expect(ownerOf({ ...caller, role: UserRole.admin })).toBeNull();
  expect(ownerOf({ ...caller, role: UserRole.user })).toBe(7);
});
