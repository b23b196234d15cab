import { scriptOf } from './support/access-tokens.js';
import { query } from './support/database.js';
import { OPERATIONS, send, type Operation } from './support/operations.js';
import { anOwner, subjectOf } from './support/subjects.js';
import { claimsOf, forge } from './support/tokens.js';
import { Actor, anon } from './support/world.js';

/**
 * Who may call: everybody; everybody, but a token that is shown has to be good; whoever is signed in, about himself; the
 * owner or an admin, to others it is not there; the owner alone; the owner or an admin, others are refused; an admin.
 * Who shows credentials: refused where the account is disabled. `session`: an access token is never enough.
 */
type Access = 'public' | 'shown' | 'credentials' | 'caller' | 'own' | 'owner only' | 'own address' | 'admin';
type Rule = Access | `${Access} in session`;

/** By operation. One that is not here fails: whoever adds one says who may call it. */
const RULES: Readonly<Record<string, Rule>> = {
  hello: 'public',
  live: 'public',
  ready: 'public',
  createUser: 'shown',
  previewUser: 'public',
  listUsers: 'admin',
  getMe: 'caller',
  getUser: 'own',
  replaceUser: 'own',
  deleteUser: 'own',
  getProfile: 'caller',
  patchProfile: 'caller',
  sendEmail: 'own address',
  signIn: 'credentials',
  refreshToken: 'credentials',
  signOut: 'caller in session',
  listSessions: 'caller in session',
  endSession: 'own in session',
  endUserSessions: 'admin in session',
  getTotp: 'caller in session',
  enrolTotp: 'caller in session',
  removeTotp: 'caller in session',
  confirmTotp: 'caller in session',
  renewRecoveryCodes: 'caller in session',
  listAccessTokens: 'caller in session',
  createAccessToken: 'caller in session',
  revokeAccessToken: 'owner only in session',
  changePassword: 'caller in session',
  changeEmail: 'caller in session',
  forgotPassword: 'public',
  resetPassword: 'credentials',
  sendVerification: 'caller in session',
  verifyEmail: 'credentials',
  disableUser: 'admin in session',
  enableUser: 'admin in session',
  changeRole: 'admin in session',
  listItems: 'public',
  createItem: 'admin',
  getItem: 'public',
  patchItem: 'admin',
  replaceItem: 'admin',
  deleteItem: 'admin',
  listPosts: 'public',
  createPost: 'caller',
  getPost: 'public',
  patchPost: 'own',
  deletePost: 'own',
  listUserPosts: 'public',
  getUserPost: 'public',
  placeOrder: 'caller',
  listOrders: 'caller',
  getOrder: 'own',
  payOrder: 'own',
  shipOrder: 'admin',
  cancelOrder: 'own',
  analyseSales: 'caller',
  exportOrders: 'caller',
  createExport: 'caller',
  listExports: 'caller',
  getExport: 'owner only',
  deleteExport: 'owner only',
  downloadExport: 'owner only',
  getDashboard: 'own',
  listJobs: 'caller',
  getJob: 'own',
  retryJob: 'admin',
  cancelJob: 'admin',
  listAuditEvents: 'admin',
  importUsers: 'admin',
};

const CALLERS = [
  'anonymous',
  'expired',
  'forged',
  'disabled',
  'owner',
  'stranger',
  'admin',
  'read-only token',
] as const;
type Caller = (typeof CALLERS)[number];

type Verdict = 'in' | 400 | 401 | 403 | 404;

/** What the rule says of the caller. */
function verdictFor(rule: Rule, caller: Caller, { method, operationId }: Operation): Verdict {
  const [access, session] = rule.split(' in ') as [Access, 'session' | undefined];
  if (access === 'credentials' && caller === 'disabled') return operationId === 'signIn' ? 401 : 400; // RFC 6749 §5.2
  if (access === 'credentials') return 'in';
  if (access === 'public' || (access === 'shown' && caller === 'anonymous')) return 'in';
  if (['anonymous', 'expired', 'forged', 'disabled'].includes(caller)) return 401;
  if (caller === 'read-only token' && (session || method !== 'get')) return 403;
  if (access === 'admin') return caller === 'admin' ? 'in' : 403;
  if (access === 'own address') return caller === 'stranger' ? 403 : 'in';
  if (access === 'own') return caller === 'stranger' ? 404 : 'in';
  if (access === 'owner only') return caller === 'stranger' || caller === 'admin' ? 404 : 'in';
  return 'in';
}

/** Somebody with the owner's rights, or with less. */
async function as(caller: Caller, owner: Actor): Promise<Actor> {
  const bearing = (token: string) => new Actor(owner.id, owner.email, token);
  const claims = claimsOf(owner.token!);
  switch (caller) {
    case 'anonymous':
      return anon;
    case 'expired':
      return bearing(forge({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }));
    case 'forged':
      return bearing(forge(claims, {}, 'another-key-that-is-as-long-as-the-real-one'));
    case 'disabled':
      await query('update users set is_active = false where id = $1', [owner.id]);
      return owner;
    case 'stranger':
      return anOwner();
    case 'admin':
      return anOwner('admin');
    case 'read-only token':
      return scriptOf(owner, 'read');
    default:
      return owner;
  }
}

/** What became of the request: let in means that it succeeded. */
async function outcome(operation: Operation, caller: Caller): Promise<number | 'in'> {
  const isAboutCaller = ['caller', 'public', 'shown', 'credentials'].includes(
    RULES[operation.operationId]!.split(' in ')[0]!,
  );
  const owner = await anOwner();
  const actor = isAboutCaller && ['stranger', 'admin'].includes(caller) ? await as(caller, owner) : undefined;
  const sample = await subjectOf(operation, actor ?? owner);
  const { status } = await send(actor ?? (await as(caller, owner)), operation, sample);
  return status < 300 ? 'in' : status;
}

it('names every operation of the document, and no other', () => {
  expect(Object.keys(RULES).toSorted()).toEqual(OPERATIONS.map(({ operationId }) => operationId).toSorted());
});

describe.each(OPERATIONS.map((operation) => [operation.key, operation] as const))('%s', (_key, operation) => {
  it.each(CALLERS)('%s', async (caller) => {
    expect(await outcome(operation, caller)).toBe(verdictFor(RULES[operation.operationId]!, caller, operation));
  });
});
