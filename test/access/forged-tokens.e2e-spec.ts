import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { query } from '../support/database.js';
import { anItem, anOrder, aPost } from '../support/factories.js';
import { OPERATIONS, sampleOf, send, type Operation } from '../support/operations.js';
import { claimsOf, forge, headerOf } from '../support/tokens.js';
import { Actor, aUser, signIn, world } from '../support/world.js';

const KEY = 'only-for-tests-and-at-least-32-bytes-long';
/** The minimum number of forgeries for a meaningful test. */
const LEAST = 60;

type Claims = Record<string, unknown>;
type Forgery = readonly [what: string, token: string];

const now = () => Math.floor(Date.now() / 1000);
const encode = (part: unknown) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** Returns tokens without a valid signature. */
function badlySealed(good: Claims, kid: string): Forgery[] {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const rs256 = `${encode({ alg: 'RS256', typ: 'at+jwt', kid })}.${encode(good)}`;
  const jwk = { kty: 'oct', k: Buffer.from('mine').toString('base64url') };
  return [
    ...['none', 'None', 'NONE', 'nOnE', '', 'hs256', 'HS384', 'HS512', 'ES256', 'PS256', 'EdDSA', 'RS256'].map(
      (alg): Forgery => [`alg ${JSON.stringify(alg)}`, forge(good, { alg, kid })],
    ),
    ['alg null', forge(good, { alg: null, kid })],
    ['alg in a list', forge(good, { alg: ['HS256'], kid })],
    ['alg left out', `${encode({ typ: 'JWT' })}.${encode(good)}.`],
    ['a real RS256', `${rs256}.${sign('sha256', Buffer.from(rs256), rsa.privateKey).toString('base64url')}`],
    ['HS256 with a public key as the secret', forge(good, { kid }, pem)],
    [
      'RS256 in name, HS256 with our secret in fact',
      forge(good, { alg: 'HS256' }).replace(/^[^.]+/, encode({ alg: 'RS256' })),
    ],
    ['another secret', forge(good, { kid }, 'another secret that is at least 32 bytes long')],
    ['an empty secret', forge(good, { kid }, '')],
    ['the secret with a blank', forge(good, { kid }, `${KEY} `)],
    ['the key id as the secret', forge(good, { kid }, kid)],
    ['jwk, and sealed with it', forge(good, { kid, jwk }, 'mine')],
    ['jwk, well sealed', forge(good, { kid, jwk })],
    ['jku', forge(good, { kid, jku: 'https://evil.example/jwks.json' }, 'mine')],
    ['jku, well sealed', forge(good, { kid, jku: `${baseUrl}/jwks.json` })],
    ['x5u, well sealed', forge(good, { kid, x5u: 'https://evil.example/cert.pem' })],
    ['x5c, well sealed', forge(good, { kid, x5c: ['MIIB'] })],
    ['b64 false', forge(good, { kid, b64: false })],
    ['crit b64', forge(good, { kid, b64: false, crit: ['b64'] })],
    ['crit of nothing', forge(good, { kid, crit: [] })],
    ['zip', forge(good, { kid, zip: 'DEF' })],
    ['cty JWT', forge(good, { kid, cty: 'JWT' })],
    ['the type of another kind of token', forge(good, { kid, typ: 'refresh+jwt' })],
    ['a type that is no text', forge(good, { kid, typ: 1 })],
  ];
}

/** Returns tokens with key ids that do not exist, all of them signed with our secret. */
function badlyNamed(good: Claims): Forgery[] {
  const ids = [
    '',
    '0000000000000000',
    '../../../../dev/null',
    "' or '1'='1",
    "x' union select 'mine' --",
    '__proto__',
    'constructor',
    'k'.repeat(1000),
    '\u0000',
    'ключ',
    null,
    0,
    true,
    ['0'],
    { id: '0' },
  ];
  return ids.map((kid) => [`kid ${JSON.stringify(kid).slice(0, 40)}`, forge(good, { kid })] as const);
}

/** Returns tokens with a valid signature, but with claims that are not allowed. */
function badlyClaimed(good: Claims, stranger: Claims, kid: string): Forgery[] {
  const but = (what: string, changed: object): Forgery => [what, forge({ ...good, ...changed }, { kid })];
  const needed = ['iss', 'aud', 'sub', 'exp', 'jti', 'sid'];
  const names = [...needed, 'iat', 'nbf']; // the last two are optional (RFC 7519 §4.1), but must not be wrong
  return [
    ...needed.map((name) => but(`no ${name}`, { [name]: undefined })),
    ...names.map((name) => but(`${name} null`, { [name]: null })),
    ...names.map((name) => but(`${name} an object`, { [name]: { toString: 1 } })),
    but('scope read', { scope: 'read' }),
    but('scope null', { scope: null }),
    but('scopes', { scope: ['write'] }),
    but('expired', { exp: now() - 1 }),
    but('expired at the epoch', { exp: 0 }),
    but('an expiry in words', { exp: '9999999999' }),
    but('an expiry in a list', { exp: [9_999_999_999] }),
    but('not yet valid', { nbf: now() + 600 }),
    but('made in the future', { iat: now() + 600 }),
    but('another issuer', { iss: 'https://evil.example' }),
    but('issuers in a list', { iss: ['aerie', 'evil'] }),
    but('an issuer in capitals', { iss: 'AERIE' }),
    but('another audience', { aud: 'other' }),
    but('other audiences in a list', { aud: ['other', 'another'] }),
    but('no audience in a list', { aud: [] }),
    but('another’s session', { sid: stranger['sid'] }),
    but('another’s account', { sub: stranger['sub'] }),
    but('an unknown session', { sid: randomUUID() }),
    but('a session in SQL', { sid: "' or true --" }),
    but('a session in a list', { sid: [good['sid']] }),
    but('a session with a NUL', { sid: `${String(good['sid'])}\u0000` }),
    ...['0', '-1', '1e1', ' 1', '1 ', '٣', '0x10', 'admin', '1.0', '99999999999', `${String(good['sub'])}\u0000`].map(
      (sub) => but(`sub ${JSON.stringify(sub)}`, { sub }),
    ),
    but('a number as its subject', { sub: Number(good['sub']) }),
    but('claims beyond all measure', { scope: 'x'.repeat(5000) }),
    ['claims in a list', forge([good], { kid })],
    ['claims null', forge(null, { kid })],
    ['claims in a text', forge('admin', { kid })],
    ['a role of its own choice, and no session', forge({ sub: good['sub'], role: 'admin', exp: now() + 600 }, { kid })],
  ];
}

/** Returns damaged copies of a valid token. */
function damaged(token: string): Forgery[] {
  const [header, claims, seal] = token.split('.') as [string, string, string];
  const flipped = `${seal.startsWith('A') ? 'B' : 'A'}${seal.slice(1)}`;
  return [
    ['a seal that was changed', `${header}.${claims}.${flipped}`],
    ['a seal that was cut', `${header}.${claims}.${seal.slice(0, -2)}`],
    ['no seal', `${header}.${claims}.`],
    ['no seal and no dot', `${header}.${claims}`],
    ['the header only', header],
    ['a fourth part', `${token}.${seal}`],
    ['a dot at the end', `${token}.`],
    ['a dot at the beginning', `.${token}`],
    ['parts in another order', `${claims}.${header}.${seal}`],
    ['dots', '..'],
    ['nothing', ''],
    ['blanks inside', `${header}. ${claims}.${seal}`],
    ['twice, with a comma', `${token}, Bearer ${token}`],
    ['quoted', `"${token}"`],
    ['letters beyond ASCII', `${header}.${claims}.${seal.slice(1)}\u00e9`],
    ['a tab', `${token}\tx`],
    ['padding', `${token}=`],
    ['with its scheme again', `Bearer ${token}`],
    ['no base64', `!!!.???.***`],
    ['a header that is no JSON', `${encode('{"alg":"HS256"')}.${claims}.${seal}`],
    ['a header of an array', `${encode([])}.${claims}.${seal}`],
    ['deep JSON', `${encode('['.repeat(1500))}.${claims}.${seal}`],
    ['4,097 characters', 'a'.repeat(4097)],
    ['a JWE', `${header}.a.b.c.d`],
  ];
}

/** Returns real tokens that are no longer valid, or that were issued for something else. */
async function misused(user: Actor): Promise<Forgery[]> {
  const [revoked, expired, disabled, deleted] = await Promise.all([aUser(), aUser(), aUser(), aUser()]);
  await query('update sessions set revoked_at = now() where user_id = $1', [revoked.id]);
  await query(`update sessions set expires_at = now() - interval '1 second' where user_id = $1`, [expired.id]);
  await query('update users set is_active = false where id = $1', [disabled.id]);
  await query('delete from users where id = $1', [deleted.id]);
  const { refresh_token } = await signIn(user.email);
  return [
    ['a session that was revoked', revoked.token!],
    ['a session that has expired', expired.token!],
    ['an account that is disabled', disabled.token!],
    ['an account that is gone', deleted.token!],
    ['a refresh token', refresh_token],
    ['a session id', String(claimsOf(user.token!)['sid'])],
  ];
}

const PROTECTED = OPERATIONS.filter(({ security = [] }) => security.length > 0);
const KNOWING = OPERATIONS.filter(({ key, security = [], responses }) => {
  return security.length === 0 && '401' in responses && !key.startsWith('POST /auth/');
});

let forgeries: Forgery[];
let ids: Record<string, unknown>;
let user: Actor;

beforeAll(async () => {
  const { user: victim, stranger, admin } = await world();
  user = victim;
  const [post, order, item] = await Promise.all([aPost(user.id), anOrder({ user_id: user.id }), anItem()]);
  const session_id = claimsOf(stranger.token!)['sid'];
  ids = { user_id: user.id, post_id: post.id, order_id: order.id, item_id: item.id, session_id };
  const [good, kid] = [claimsOf(admin.token!), String(headerOf(admin.token!)['kid'])]; // the token with the most rights
  forgeries = [
    ...badlySealed(good, kid),
    ...badlyNamed(good),
    ...badlyClaimed(good, claimsOf(stranger.token!), kid),
    ...damaged(admin.token!),
    ...(await misused(user)),
  ];
  const control = await new Actor(0, '', forge(good, { kid })).get('/users');
  if (control.status !== 200) throw new Error('Not even a good token is taken: the forgeries prove nothing');
});

it(`there are at least ${LEAST} forged tokens, all different, and at least 20 protected operations`, () => {
  expect(new Set(forgeries.map(([, token]) => token)).size).toBe(forgeries.length);
  expect(forgeries.length).toBeGreaterThanOrEqual(LEAST);
  expect(PROTECTED.length).toBeGreaterThanOrEqual(20);
  expect(KNOWING.map(({ key }) => key)).toContain('POST /users');
});

const named = (operations: readonly Operation[]) => operations.map((operation) => [operation.key, operation] as const);

it.each(named([...PROTECTED, ...KNOWING]))('all forged tokens are rejected by %s', async (_key, operation) => {
  const taken: string[] = [];
  for (const [what, token] of forgeries) {
    const sample = sampleOf(operation, { ...ids, email: `${randomUUID()}@example.com` });
    const { status } = await send(new Actor(0, '', token), operation, sample);
    if (status !== 401) taken.push(`${what}: ${status}`);
  }
  expect(taken).toEqual([]);
});

it('an Authorization header that is too large is rejected with 431', async () => {
  const answer = await new Actor(0, '', 'a'.repeat(20_000)).get('/users/me').ok(() => true);
  expect(answer.status).toBe(431);
});

it('the imitated user is still signed in afterwards', async () => {
  expect((await user.get('/users/me')).status).toBe(200);
});
