import { createHash } from 'node:crypto';
import pg from 'pg';
import { anAccessToken, scriptOf } from '../support/access-tokens.js';
import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { amid } from '../support/races.js';
import { above, below, expectInvalid, expectRefused, missing } from '../support/refusals.js';
import { whoIs } from '../support/tokens.js';
import { Wiretap } from '../support/wiretap.js';
import { anon, aUser, type Actor } from '../support/world.js';

const DAY = 86_400_000;
const BAD = 'Could not validate credentials';
const BODY = { name: 'nightly export', scope: 'read', expires_in_days: 30 };

interface Listed {
  id: number;
  last_used_at: string | null;
  expires_at: string;
}

const listed = async (user: Actor) => (await user.get('/auth/access-tokens')).body as Listed[];

async function expectBad(token: string): Promise<void> {
  const answer = await whoIs(token);
  expectRefused(answer, 401, BAD);
  expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
}

describe('POST /auth/access-tokens', () => {
  it('creates a token and shows it only once', async () => {
    const user = await aUser();
    const answer = await user.post('/auth/access-tokens', BODY);
    expect(answer.status).toBe(201);
    const { token, ...shown } = answer.body as Listed & { token: string };
    expect(token).toMatch(/^aerie_pat_[\w-]{49}$/);
    expect(answer.headers).toMatchObject({ location: `/auth/access-tokens/${shown.id}`, 'cache-control': 'no-store' });
    expect(shown).toMatchObject({ name: 'nightly export', scope: 'read', last_used_at: null });
    expect(Math.abs(Date.parse(shown.expires_at) - Date.now() - 30 * DAY)).toBeLessThan(60_000);
    expect(await listed(user)).toEqual([shown]);
  });

  it('stores only the hash of the token and never logs the token', async () => {
    const { id, token } = await anAccessToken(await aUser());
    await whoIs(token);
    const [row] = await query<{ row: string; token_hash: string }>(
      'select t::text as row, token_hash from access_tokens t where id = $1',
      [id],
    );
    expect(row!.token_hash).toBe(createHash('sha256').update(token).digest('base64url'));
    const events = await query('select * from audit_events');
    for (const place of [row!.row, JSON.stringify(events), JSON.stringify(logs)])
      expect(place).not.toContain(token.slice('aerie_pat_'.length, 40));
  });

  it('returns 401 if the account is deleted during the request', async () => {
    const user = await aUser();
    const gone = 'delete from users where id = $1';
    expectRefused(await amid(gone, [user.id], async () => user.post('/auth/access-tokens', BODY)), 401, BAD);
  });

  it('creates no token if the session ends during the request, for example after a password change', async () => {
    const user = await aUser();
    const end = `with ended as (update sessions set revoked_at = now() where user_id = $1)
      update users set password_hash = '' where id = $1`;
    expectRefused(await amid(end, [user.id], async () => user.post('/auth/access-tokens', BODY)), 401, BAD);
    expect(await query('select 1 from access_tokens where user_id = $1', [user.id])).toEqual([]);
  });

  it('requires a name, a known scope and an expiry of 1 to 365 days', async () => {
    const user = await aUser();
    const make = (body: object) => user.post('/auth/access-tokens', body);
    const fields = ['name', 'scope', 'expires_in_days'];
    expectInvalid(await make({}), ...fields.map((field) => missing(['body', field], {})));
    expectInvalid(await make({ ...BODY, expires_in_days: 0 }), below(1, ['body', 'expires_in_days'], 0));
    expectInvalid(await make({ ...BODY, expires_in_days: 366 }), above(365, ['body', 'expires_in_days'], 366));
    for (const scope of ['admin', '', null, ['read']]) expect((await make({ ...BODY, scope })).status).toBe(422);
    for (const days of [1, 365]) expect((await make({ ...BODY, expires_in_days: days })).status).toBe(201);
  });
});

describe('GET /auth/access-tokens', () => {
  it('lists only the tokens of the caller, even for an admin', async () => {
    const [user, admin] = [await aUser(), await aUser({ role: 'admin' })];
    const { id } = await anAccessToken(user);
    expect((await listed(user)).map((token) => token.id)).toEqual([id]);
    expect(await listed(admin)).toEqual([]);
  });

  it('shows when a token was last used, to the minute', async () => {
    const user = await aUser();
    const { token } = await anAccessToken(user, 'read');
    const clock = { ms: Date.now() };
    const app = await startApp({ providers: { Clock: { now: () => clock.ms } } });
    const begin = clock.ms;
    const used = async (ms: number) => {
      clock.ms = begin + ms;
      const answer = await anon.at(app.url).get('/users/me').set('Authorization', `Bearer ${token}`);
      expect(answer.status).toBe(200);
      return Date.parse((await listed(user))[0]!.last_used_at!) - begin;
    };
    expect([await used(0), await used(59_999), await used(60_000), await used(60_001)]).toEqual([0, 0, 60_000, 60_000]);
    await app.stop();
  });

  it('checks a token with a single SQL statement until its last use must be updated', async () => {
    const tap = await Wiretap.start();
    const app = await startApp({ env: { DATABASE_URL: tap.url } });
    const script = (await scriptOf(await aUser(), 'read')).at(app.url);
    expect((await script.get('/users/me')).status).toBe(200);
    const { statements } = await tap.during(() => script.get('/users/me'));
    expect(statements.filter((text) => text.includes('access_tokens'))).toHaveLength(1);
    await app.stop();
    tap.stop();
  });
});

describe('DELETE /auth/access-tokens/{token_id}', () => {
  it('revokes the token from the next request on, and no other token', async () => {
    const user = await aUser();
    const [gone, kept] = [await anAccessToken(user), await anAccessToken(user)];
    expect((await whoIs(gone.token)).status).toBe(200);
    expect((await user.delete(`/auth/access-tokens/${gone.id}`)).status).toBe(204);
    await expectBad(gone.token);
    expect((await whoIs(kept.token)).status).toBe(200);
    expect((await listed(user)).map(({ id }) => id)).toEqual([kept.id]);
    expectRefused(await user.delete(`/auth/access-tokens/${gone.id}`), 404, 'Access token not found');
  });

  it('returns 404 for a token of another user, even to an admin', async () => {
    const [user, admin] = [await aUser(), await aUser({ role: 'admin' })];
    const { id, token } = await anAccessToken(user);
    expectRefused(await admin.delete(`/auth/access-tokens/${id}`), 404, 'Access token not found');
    expect((await whoIs(token)).status).toBe(200);
  });
});

describe('an access token', () => {
  it('acts for its owner, with their current role', async () => {
    const admin = await aUser({ role: 'admin' });
    const script = await scriptOf(admin, 'read');
    expect((await script.get('/users/me')).body).toEqual((await admin.get('/users/me')).body);
    expect((await script.get('/users')).status).toBe(200);
    await query(`update users set role = 'user' where id = $1`, [admin.id]);
    expectRefused(await script.get('/users'), 403, 'Not enough permissions');
  });

  it('remains valid after the session in which it was created has ended', async () => {
    const user = await aUser();
    const { token } = await anAccessToken(user);
    expect((await user.post('/auth/logout')).status).toBe(204);
    expect((await whoIs(token)).status).toBe(200);
  });

  it('works until it expires', async () => {
    const { token } = await anAccessToken(await aUser(), 'read', 1);
    const apps = await Promise.all(
      [DAY - 60_000, DAY].map((ms) => startApp({ providers: { Clock: { now: () => Date.now() + ms } } })),
    );
    const answers = [];
    for (const { url } of apps)
      answers.push(await anon.at(url).get('/users/me').set('Authorization', `Bearer ${token}`));
    expect(answers[0]!.status).toBe(200);
    expectRefused(answers[1]!, 401, BAD);
    await Promise.all(apps.map((app) => app.stop()));
  });

  it('is refused while the account is disabled, and works again once the account is enabled', async () => {
    const user = await aUser();
    const { token } = await anAccessToken(user);
    await query('update users set is_active = false where id = $1', [user.id]);
    await expectBad(token);
    await query('update users set is_active = true where id = $1', [user.id]);
    expect((await whoIs(token)).status).toBe(200);
  });

  it('is refused after the account is deleted', async () => {
    const user = await aUser();
    const { token } = await anAccessToken(user, 'write');
    expect((await user.delete(`/users/${user.id}`)).status).toBe(204);
    await expectBad(token);
  });

  it('is refused if it was never issued or has been altered', async () => {
    const { token } = await anAccessToken(await aUser());
    const [other] = await query<{ token: string }>(`select 'aerie_pat_' || repeat('A', 49) as token`);
    for (const bad of [other!.token, 'aerie_pat_', token.slice(0, -1), `${token}A`, token.toLowerCase()])
      await expectBad(bad);
  });

  it('is refused without a database query if its checksum is wrong', async () => {
    const { token } = await anAccessToken(await aUser());
    const locker = new pg.Client({ connectionString: databaseUrl });
    await locker.connect();
    try {
      await locker.query('begin');
      await locker.query('lock table access_tokens, users, sessions in access exclusive mode');
      await expectBad(token.replace(/.$/, (last) => (last === 'A' ? 'g' : 'A')));
      const real = whoIs(token).then(({ status }) => status);
      const first = await Promise.race([real, new Promise((resolve) => setTimeout(() => resolve('waits'), 200))]);
      expect(first).toBe('waits');
      await locker.query('commit');
      expect(await real).toBe(200);
    } finally {
      await locker.end();
    }
  });

  it('is recorded in the audit trail when it is created and when it is revoked', async () => {
    const user = await aUser();
    const made = await user.post('/auth/access-tokens', BODY);
    const { id } = made.body as { id: number };
    const revoked = await user.delete(`/auth/access-tokens/${id}`);
    const events = await auditOf(`users/${user.id}`);
    const common = { actor_id: user.id };
    expect(events.slice(-2)).toEqual([
      {
        ...common,
        action: 'access_token.made',
        request_id: made.headers['x-request-id'],
        details: { token_id: id, scope: 'read' },
      },
      {
        ...common,
        action: 'access_token.revoked',
        request_id: revoked.headers['x-request-id'],
        details: { token_id: id },
      },
    ]);
  });
});
