import type { Response } from 'supertest';
import { scriptOf } from '../support/access-tokens.js';
import { anItem, anOrder, aPost } from '../support/factories.js';
import { OPERATIONS, responseOf, sampleOf, send, type Operation } from '../support/operations.js';
import { aUser, type Actor } from '../support/world.js';

const MAY_ONLY_READ = 'This access token is read-only';
const NEEDS_SESSION = "Personal access tokens can't do this: sign in";

const isSessionOnly = ({ description }: Operation) =>
  /\*\*Access:\*\* .*, but not with a personal access token\.$/.test(description);
const isSecured = ({ security = [] }: Operation) => security.length > 0;
/** The operations that check a token: those that need one, and those that accept one. */
const looking = OPERATIONS.filter(
  (operation) => isSecured(operation) || detailsOf(operation, '401').includes('Could not validate credentials'),
).filter(({ path }) => path !== '/auth/refresh');

/** Returns the `detail` texts that an operation documents for a status. */
function detailsOf(operation: Operation, status: string): string[] {
  const response = responseOf(operation, status) as
    | { content: Record<string, { examples: Record<string, { value: { detail: string } }> }> }
    | undefined;
  return Object.values(response?.content['application/json']?.examples ?? {}).map(({ value }) => value.detail);
}

/** Returns the expected outcome for a token of this scope. */
function ruleFor(operation: Operation, scope: 'read' | 'write'): string {
  if (isSessionOnly(operation)) return NEEDS_SESSION;
  return scope === 'read' && operation.method !== 'get' ? MAY_ONLY_READ : 'let in';
}

function outcomeOf(answer: Response): string {
  const { detail } = answer.body as { detail?: unknown };
  if (answer.status === 401) return '401';
  const refused = answer.status === 403 && (detail === MAY_ONLY_READ || detail === NEEDS_SESSION);
  const isOfRole = detail === 'Not enough permissions';
  if (refused || isOfRole) expect(answer.headers['www-authenticate']).toBe('Bearer error="insufficient_scope"');
  else expect(answer.headers['www-authenticate']).toBeUndefined();
  return refused ? detail : 'let in';
}

async function asked(owner: Actor, operation: Operation, scope: 'read' | 'write'): Promise<string> {
  const [item, post, order] = [await anItem(), await aPost(owner.id), await anOrder({ user_id: owner.id })];
  const ids = { item_id: item.id, post_id: post.id, order_id: order.id, user_id: owner.id, email: owner.email };
  return outcomeOf(await send(await scriptOf(owner, scope), operation, sampleOf(operation, ids)));
}

describe.each(['read', 'write'] as const)('an access token with the scope %s', (scope) => {
  it.each(looking.map((operation) => [ruleFor(operation, scope), operation.key, operation] as const))(
    'gets the outcome "%s" at %s',
    async (rule, _key, operation) => {
      expect(await asked(await aUser(), operation, scope)).toBe(rule);
    },
  );
});

describe('the OpenAPI document', () => {
  it.each(looking.map((operation) => [operation.key, operation] as const))(
    'lists the access tokens that are insufficient for %s',
    (_key, operation) => {
      const told = detailsOf(operation, '403').filter((detail) => [MAY_ONLY_READ, NEEDS_SESSION].includes(detail));
      expect(told).toEqual([ruleFor(operation, 'read')].filter((rule) => rule !== 'let in'));
    },
  );

  it('excludes access tokens from every operation that manages credentials or sessions', () => {
    const guarded = looking.filter(({ path }) => /^\/auth\/|password|session|totp|token/.test(path));
    expect(guarded.length).toBeGreaterThan(8);
    expect(guarded.filter((operation) => !isSessionOnly(operation)).map(({ key }) => key)).toEqual([]);
  });

  it('contains no 403 for operations that do not check a token', () => {
    const others = OPERATIONS.filter((operation) => !looking.includes(operation));
    expect(others.length).toBeGreaterThan(8);
    expect(others.filter((operation) => detailsOf(operation, '403').length > 0).map(({ key }) => key)).toEqual([]);
  });
});

it('HEAD is allowed with a read-only access token', async () => {
  const script = await scriptOf(await aUser(), 'read');
  expect((await script.send('head' as 'get', '/users/me')).status).toBe(200);
});

it('an access token is ignored by operations that do not require one', async () => {
  const script = await scriptOf(await aUser(), 'read');
  expect((await script.get('/items')).status).toBe(200);
  const body = { username: script.email, password: 'Password1' };
  expect((await script.post('/auth/token').type('form').send(body)).status).toBe(200);
});
