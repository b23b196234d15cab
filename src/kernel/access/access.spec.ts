import 'reflect-metadata';
import {
  accessRule,
  hasAccessRule,
  Limited,
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

  @Limited()
  counted(): void {}

  @Roles(UserRole.admin)
  @SessionOnly()
  @Limited('imports')
  narrow(): void {}
}

const CLOSED = { public: false, optional: false, roles: [], sessionOnly: false };
const ruleOf = (name: keyof Routes) => accessRule(Routes.prototype[name]);

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
    expect(hasAccessRule(Routes.prototype[name])).toBe(name !== 'plain');
  });
});

it('ownerOf returns null for an admin and their id for a user', () => {
  const caller = { id: 7, email: 'ann@example.com', session_id: undefined };
  expect(ownerOf({ ...caller, role: UserRole.admin })).toBeNull();
  expect(ownerOf({ ...caller, role: UserRole.user })).toBe(7);
});
