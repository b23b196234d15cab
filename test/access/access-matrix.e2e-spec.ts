import { scriptOf } from '../support/access-tokens.js';
import { query } from '../support/database.js';
import { OPERATIONS, send, type Operation } from '../support/operations.js';
import type { Access, Rule } from '../support/resource.js';
import { ACCESS } from '../support/resources.js';
import { anOwner, subjectOf } from '../support/subjects.js';
import { claimsOf, forge } from '../support/tokens.js';
import { Actor, anon } from '../support/world.js';

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

/** Returns the expected outcome for a caller under a rule. */
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

/** Returns an actor for this kind of caller, with the owner's rights or with fewer. */
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

/** Sends the request. Returns its status, or `in` if it succeeded. */
async function outcome(operation: Operation, caller: Caller): Promise<number | 'in'> {
  const isAboutCaller = ['caller', 'public', 'shown', 'credentials'].includes(
    ACCESS[operation.operationId]!.split(' in ')[0]!,
  );
  const owner = await anOwner();
  const actor = isAboutCaller && ['stranger', 'admin'].includes(caller) ? await as(caller, owner) : undefined;
  const sample = await subjectOf(operation, actor ?? owner);
  const { status } = await send(actor ?? (await as(caller, owner)), operation, sample);
  return status < 300 ? 'in' : status;
}

it.each(OPERATIONS.map((operation) => [operation.key, operation] as const))(
  '%s allows exactly the callers that test/*.resource.ts declares',
  async (_key, operation) => {
    const rule = ACCESS[operation.operationId]!;
    const found: Partial<Record<Caller, number | 'in'>> = {};
    for (const caller of CALLERS) found[caller] = await outcome(operation, caller);
    const expected = CALLERS.map((caller) => [caller, verdictFor(rule, caller, operation)]);
    expect({ rule, ...found }).toEqual({ rule, ...Object.fromEntries(expected) });
  },
);
