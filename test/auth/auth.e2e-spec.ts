import { randomUUID } from 'node:crypto';
import { query } from '../support/database.js';
import { auditOf } from '../support/factories.js';
import { amid } from '../support/races.js';
import { claimsOf, whoIs } from '../support/tokens.js';
import { anon, aUser, PASSWORD, signIn } from '../support/world.js';

const form = (fields: object | string) => anon.post('/auth/token').type('form').send(fields);
/** Sends a request without a content type. */
const bare = (query: string, body?: Buffer) => fetch(`${baseUrl}/auth/token${query}`, { method: 'POST', body });
const missing = (...fields: string[]) =>
  fields.map((field) => ({ type: 'missing', loc: ['body', field], msg: 'Field required', input: null }));

async function disable({ id }: { id: number }): Promise<void> {
  await query('update users set is_active = false where id = $1', [id]);
}

describe('POST /auth/token', () => {
  it('returns a bearer token, its lifetime and a refresh token', async () => {
    const { email } = await aUser();
    const answer = await form({ grant_type: 'password', username: email, password: PASSWORD });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { access_token, refresh_token, ...rest } = answer.body;
    expect(rest).toEqual({ token_type: 'bearer', expires_in: 900 });
    expect(typeof refresh_token).toBe('string');
    expect((await whoIs(access_token)).body).toMatchObject({ email });
  });

  it('issues claims that identify the account and the session, without personal data', async () => {
    const { id, email } = await aUser();
    const before = Math.floor(Date.now() / 1000);
    const [first, second] = [await signIn(email), await signIn(email)].map(({ access_token }) =>
      claimsOf(access_token),
    );
    const now = first!['iat'] as number;
    expect(first).toEqual({
      sub: String(id),
      iss: 'aerie',
      aud: 'aerie',
      iat: now,
      nbf: now,
      exp: now + 900,
      jti: expect.stringMatching(/^[\da-f-]{36}$/),
      sid: expect.stringMatching(/^[\da-f-]{36}$/),
      scope: 'write',
    });
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now() / 1000);
    expect(second!['sid']).not.toBe(first!['sid']);
    expect(second!['jti']).not.toBe(first!['jti']);
  });

  it('uses the configured lifetime of access tokens', async () => {
    const { email } = await aUser();
    const other = await startApp({ env: { ACCESS_TOKEN_MINUTES: '3' } });
    expect((await signIn(email, PASSWORD, other.url)).expires_in).toBe(180);
    await other.stop();
  });

  it('ignores the letter case of the e-mail address', async () => {
    const email = `${randomUUID()}@example.com`;
    await aUser({ email });
    expect((await form({ username: email.toUpperCase(), password: PASSWORD })).status).toBe(200);
  });

  it('compares the password exactly', async () => {
    const { email } = await aUser();
    for (const password of [PASSWORD.toUpperCase(), ` ${PASSWORD}`, `${PASSWORD} `, PASSWORD.slice(0, -1)]) {
      expect((await form({ username: email, password })).status).toBe(401);
    }
  });

  it('returns the same response for an unknown address, a wrong password and a disabled account', async () => {
    const [active, disabled] = await Promise.all([aUser(), aUser()]);
    await disable(disabled);
    const answers = [
      await form({ username: active.email, password: 'Password2' }),
      await form({ username: 'nobody@example.com', password: PASSWORD }),
      await form({ username: 'not an address', password: PASSWORD }),
      await form({ username: disabled.email, password: PASSWORD }),
    ];
    for (const { status, body, headers } of answers) {
      expect(status).toBe(401);
      expect(body).toEqual({ detail: 'Incorrect username or password' });
      expect(headers['www-authenticate']).toBe('Bearer');
      expect(Object.keys(headers).toSorted()).toEqual(Object.keys(answers[0]!.headers).toSorted());
    }
  });

  it('returns the response for a wrong password if the account is deleted during the password check', async () => {
    const { id, email } = await aUser();
    const answer = await amid('delete from users where id = $1', [id], async () =>
      form({ username: email, password: PASSWORD }),
    );
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ detail: 'Incorrect username or password' });
  });

  it.each([
    ['an empty body', '', ['username', 'password']],
    ['empty fields', 'username=&password=', ['username', 'password']],
    ['an empty password', 'username=ann@example.com&password=', ['password']],
    ['fields with other names', 'user=ann&Password=x', ['username', 'password']],
  ])('reports missing fields for %s', async (_, fields, names) => {
    const answer = await form(fields);
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({ detail: missing(...names) });
  });

  it('ignores the query string, and a body without a content type', async () => {
    const { email } = await aUser();
    const fields = `username=${email}&password=${PASSWORD}`;
    for (const answer of [await bare(`?${fields}`), await bare('', Buffer.from(fields))]) {
      expect(answer.status).toBe(422);
      expect(await answer.json()).toEqual({ detail: missing('username', 'password') });
    }
  });

  it.each([
    ['application/json', (fields: object) => JSON.stringify(fields)],
    ['application/json; charset=utf-8', () => '{"username": '],
    ['application/vnd.api+json', (fields: object) => JSON.stringify(fields)],
    ['text/plain', () => 'username=ann&password=x'],
    [
      'multipart/form-data; boundary=x',
      () => '--x\r\ncontent-disposition: form-data; name="username"\r\n\r\na\r\n--x--',
    ],
    ['application/xml', () => '<username>ann</username>'],
    ['x-www-form-urlencoded', () => 'username=ann&password=x'],
  ])('returns 415 for %s and asks for a form', async (type, bodyOf) => {
    const { email } = await aUser();
    const body = bodyOf({ username: email, password: PASSWORD });
    const answer = await anon.post('/auth/token').set('Content-Type', type).serialize(String).send(body);
    expect([answer.status, answer.body]).toEqual([
      415,
      { detail: 'Send the body as application/x-www-form-urlencoded', error: 'invalid_request' },
    ]);
  });

  it('treats an empty grant_type as the password grant and refuses an unknown one', async () => {
    const { email } = await aUser();
    const fields = { username: email, password: PASSWORD };
    expect((await form({ ...fields, grant_type: '' })).status).toBe(200);
    const answer = await form({ ...fields, grant_type: 'client_credentials' });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toEqual([
      {
        type: 'string_pattern_mismatch',
        loc: ['body', 'grant_type'],
        msg: "String should match pattern '^password$'",
        input: 'client_credentials',
        ctx: { pattern: '^password$' },
      },
    ]);
  });

  it('never echoes a password', async () => {
    const password = `Secret${'x'.repeat(1000)}`;
    const answer = await form({ username: 'ann@example.com', password });
    expect(answer.status).toBe(422);
    expect(answer.body.detail[0].input).toBe('**********');
    expect(answer.text).not.toContain('Secret');
  });

  it('records successful and refused sign-ins in the audit trail, with the request id', async () => {
    const { id, email } = await aUser();
    const refused = await form({ username: email, password: 'Password2' });
    const good = await form({ username: email, password: PASSWORD });
    const [, ...events] = await auditOf(`users/${id}`);
    expect(events).toEqual([
      { action: 'session.refused', actor_id: null, request_id: refused.headers['x-request-id'], details: {} },
      { action: 'session.began', actor_id: id, request_id: good.headers['x-request-id'], details: {} },
    ]);
    expect(JSON.stringify(logs)).not.toContain('Password2');
  });
});
