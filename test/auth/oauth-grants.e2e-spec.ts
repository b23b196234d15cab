import { query } from '../support/database.js';
import { claimsOf, refresh, whoIs } from '../support/tokens.js';
import { anon, aUser, PASSWORD, signIn, type Actor } from '../support/world.js';

const token = (fields: object | string, at = anon) => at.post('/auth/token').type('form').send(fields);
const refreshed = (refresh_token: string, more: object = {}) =>
  token({ grant_type: 'refresh_token', refresh_token, ...more });

const BAD = { detail: 'The refresh token is not valid', error: 'invalid_grant' };
const WRONG = { detail: 'Incorrect username or password', error: 'invalid_grant' };

let user: Actor;

beforeAll(async () => {
  user = await aUser();
});

describe('the refresh_token grant at POST /auth/token', () => {
  it('exchanges a refresh token for new tokens of the same session', async () => {
    const signedIn = await signIn(user.email);
    const answer = await refreshed(signedIn.refresh_token);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { access_token, refresh_token, ...rest } = answer.body;
    expect(rest).toEqual({ token_type: 'bearer', expires_in: 900 });
    expect(claimsOf(access_token)).toMatchObject({ sid: claimsOf(signedIn.access_token)['sid'] });
    expect((await whoIs(access_token)).status).toBe(200);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it.each([
    { client_id: 'app' },
    { client_id: 'app', client_secret: 'x', scope: 'read write' },
    { scope: '' },
    { username: 'someone', password: 'else' },
    { audience: 'x', resource: 'https://api.example' },
  ])('accepts the additional fields %j', async (more) => {
    expect((await refreshed((await signIn(user.email)).refresh_token, more)).status).toBe(200);
  });

  it('is available at the refreshUrl of the OpenAPI document', async () => {
    const { flows } = (
      (await anon.get('/openapi.json')).body as { components: { securitySchemes: Record<string, { flows: Flows }> } }
    ).components.securitySchemes['OAuth2PasswordBearer']!;
    expect(flows.password).toMatchObject({ tokenUrl: '/auth/token', refreshUrl: '/auth/token' });
    const { refresh_token } = await signIn(user.email);
    const answer = await anon
      .post(flows.password.refreshUrl)
      .type('form')
      .send({ grant_type: 'refresh_token', refresh_token });
    expect(answer.status).toBe(200);
  });

  it('refuses a token that is invalid or belongs to an ended session', async () => {
    const { access_token, refresh_token } = await signIn(user.email);
    for (const bad of ['x', access_token, `${refresh_token}x`, refresh_token.toUpperCase()])
      expect([(await refreshed(bad)).status, (await refreshed(bad)).body]).toEqual([400, BAD]);
    const ended = await signIn(user.email);
    await query('update sessions set revoked_at = now() where id = $1', [claimsOf(ended.access_token)['sid']]);
    expect((await refreshed(ended.refresh_token)).body).toEqual(BAD);
  });

  it('ends the session if a used token is sent again after the grace period', async () => {
    const { refresh_token, access_token } = await signIn(user.email);
    expect((await refreshed(refresh_token)).status).toBe(200);
    const { sid } = claimsOf(access_token);
    await query(`update sessions set rotated_at = rotated_at - interval '10 s' where id = $1`, [sid]);
    expect((await refreshed(refresh_token)).body).toEqual(BAD);
    expect((await whoIs(access_token)).status).toBe(401);
  });

  it.each<[string, object | string]>([
    ['without a token', { grant_type: 'refresh_token' }],
    ['with an empty token', { grant_type: 'refresh_token', refresh_token: '' }],
    ['with a field of another name', { grant_type: 'refresh_token', token: 'x' }],
    ['with the fields of the password grant', { grant_type: 'refresh_token', username: 'a', password: 'b' }],
  ])('reports a missing refresh_token for a request %s', async (_, fields) => {
    const answer = await token(fields);
    const detail = [{ type: 'missing', loc: ['body', 'refresh_token'], msg: 'Field required', input: null }];
    expect([answer.status, answer.body]).toEqual([422, { detail, error: 'invalid_request' }]);
  });

  it.each<[string, string, unknown]>([
    ['grant_type', 'grant_type=refresh_token&grant_type=refresh_token&refresh_token=x', 'refresh_token'],
    ['grant_type', 'grant_type=password&grant_type=refresh_token&refresh_token=x', 'refresh_token'],
    ['refresh_token', 'grant_type=refresh_token&refresh_token=x&refresh_token=y', '**********'],
    ['refresh_token', 'grant_type=refresh_token&refresh_token=&refresh_token=y', '**********'],
    ['scope', 'grant_type=refresh_token&refresh_token=x&scope=a&scope=a', 'a'],
    ['client_id', 'grant_type=refresh_token&refresh_token=x&client_id=a&client_id=b', 'b'],
    ['client_secret', 'grant_type=refresh_token&refresh_token=x&client_secret=a&client_secret=b', '**********'],
  ])('refuses a repeated %s: %s', async (name, fields, input) => {
    const answer = await token(fields);
    const msg = 'Value error, The field can be sent only once';
    const detail = [{ type: 'value_error', loc: ['body', name], msg, input, ctx: { error: {} } }];
    expect([answer.status, answer.body]).toEqual([422, { detail, error: 'invalid_request' }]);
  });

  it('accepts repeated unknown fields', async () => {
    const { refresh_token } = await signIn(user.email);
    const fields = `grant_type=refresh_token&refresh_token=${refresh_token}&resource=https://a.example&resource=https://b.example`;
    expect((await token(fields)).status).toBe(200);
  });

  it('does not echo a refresh token or a client secret', async () => {
    const answer = await refreshed('t'.repeat(501));
    expect([answer.status, answer.body.error, answer.body.detail[0].input]).toEqual([
      422,
      'invalid_request',
      '**********',
    ]);
    const secret = await refreshed('x', { client_secret: 's'.repeat(1001) });
    expect([secret.status, secret.body.detail[0].loc, secret.body.detail[0].input]).toEqual([
      422,
      ['body', 'client_secret'],
      '**********',
    ]);
  });
});

interface Flows {
  password: { tokenUrl: string; refreshUrl: string };
}

describe('an error at POST /auth/token', () => {
  it('contains the OAuth error code if the client sends grant_type or client_id', async () => {
    const grant = { grant_type: 'password', username: user.email };
    expect((await token({ ...grant, password: 'Password2' })).body).toEqual(WRONG);
    const missing = await token(grant);
    expect(missing.body).toMatchObject({ detail: [{ loc: ['body', 'password'] }], error: 'invalid_request' });
    const other = await token({ grant_type: 'client_credentials', client_id: 'app' });
    expect([other.status, other.body.error]).toEqual([422, 'unsupported_grant_type']);
    const named = await token({ client_id: 'app', username: user.email, password: 'Password2' });
    expect(named.body).toEqual(WRONG);
  });

  it.each([
    { grant_type: 'client_credentials' },
    { grant_type: 'client_credentials', client_secret: 's', scope: 'a' },
    { grant_type: 'authorization_code', code: 'c', redirect_uri: 'https://app.example/' },
    { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'd' },
    { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'a' },
    { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: 't' },
    { grant_type: 'https://example.com/grant' },
    { grant_type: 'implicit', client_id: 'app' },
    { grant_type: 'x', client_assertion: 'a', username: 'a' },
  ])('is unsupported_grant_type for the fields %j', async (fields) => {
    const { status, body } = await token(fields);
    expect([status, body.detail[0].loc, body.error]).toEqual([422, ['body', 'grant_type'], 'unsupported_grant_type']);
  });

  it('is invalid_request if grant_type is missing from fields that only an OAuth client sends', async () => {
    for (const fields of [{ refresh_token: 'x' }, { code: 'x', redirect_uri: 'y' }, { client_id: 'app' }])
      expect((await token(fields)).body.error).toBe('invalid_request');
  });

  it('does not occur for a repeated field of the password form: the last value is used, as in FastAPI', async () => {
    const fields = new URLSearchParams({ grant_type: 'password', username: 'nobody', password: 'x' });
    fields.append('username', user.email);
    fields.append('password', PASSWORD);
    expect((await token(fields.toString())).status).toBe(200);
  });

  it('has the FastAPI format without an OAuth error code for all other clients', async () => {
    const wrong = await token({ username: user.email, password: 'Password2' });
    expect([wrong.status, wrong.body]).toEqual([401, { detail: WRONG.detail }]);
    const another = { grant_type: 'client_credentials', username: user.email, password: PASSWORD };
    for (const fields of [{ username: 'a' }, { grant_type: 'x' }, { grant_type: '', username: 'a' }, another, {}, '']) {
      const answer = await token(fields);
      expect([answer.status, Object.keys(answer.body)]).toEqual([422, ['detail']]);
    }
  });

  it('has no OAuth error code in a problem document (RFC 9457), nor at POST /auth/refresh', async () => {
    const problem = await token({ grant_type: 'refresh_token', refresh_token: 'x' }).set(
      'Accept',
      'application/problem+json',
    );
    expect(JSON.parse(problem.text)).toMatchObject({ status: 400, detail: BAD.detail });
    expect(JSON.parse(problem.text)).not.toHaveProperty('error');
    expect((await refresh('x')).body).toEqual({ detail: BAD.detail });
  });

  it('is invalid_request for a form that cannot be read', async () => {
    const many = await token(Array.from({ length: 1001 }, (_, i) => `f${i}=1`).join('&'));
    expect([many.status, many.body]).toEqual([
      400,
      { detail: 'Too many fields. Maximum number of fields is 1000.', error: 'invalid_request' },
    ]);
    const large = await token(`grant_type=refresh_token&refresh_token=${'x'.repeat(100_001)}`);
    expect([large.status, large.body.error]).toEqual([413, 'invalid_request']);
    const packed = await token('grant_type=refresh_token').set('Content-Encoding', 'gzip');
    expect([packed.status, packed.body.error]).toEqual([415, 'invalid_request']);
  });

  it('is temporarily_unavailable for a client that exceeds the limit, which is separate for each grant', async () => {
    const strict = await startApp({ env: { AUTH_ATTEMPTS_PER_MINUTE: '1' } });
    const ask = () => token({ grant_type: 'refresh_token', refresh_token: 'x' }, anon.at(strict.url));
    await ask();
    const answer = await ask();
    expect([answer.status, answer.body.error]).toEqual([429, 'temporarily_unavailable']);
    const password = await token(
      { grant_type: 'password', username: user.email, password: PASSWORD },
      anon.at(strict.url),
    );
    expect(password.status).toBe(200); // refreshes and passwords have separate counts
    await strict.stop();
  });
});
