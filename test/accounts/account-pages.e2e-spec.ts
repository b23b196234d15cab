import type { Browser } from 'playwright-core';
import request from 'supertest';
import { findChromium, launch, watchedPage } from '../docs/browser.js';
import { anAccountToken, mailedToken } from '../support/account-tokens.js';
import { eventually } from '../support/factories.js';
import { readMailsTo } from '../support/mail.js';
import { anon, aUser, PASSWORD, signIn } from '../support/world.js';

const PATHS = ['/reset-password', '/verify-email'] as const;
const post = (path: string, fields: Record<string, string>) => request(baseUrl).post(path).type('form').send(fields);
const alertsOf = (text: string) => [...text.matchAll(/<p role="alert">(.*?)<\/p>/g)].map(([, sentence]) => sentence);
const verifiedAt = async (user: { get: (path: string) => PromiseLike<{ body: { email_verified_at: unknown } }> }) =>
  (await user.get('/profile')).body.email_verified_at;

describe.each(PATHS)('GET %s', (path) => {
  it('returns an uncacheable HTML form whose content security policy allows only its inline script and style', async () => {
    const answer = await request(baseUrl).get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    const policy = answer.headers['content-security-policy']!;
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+'; /);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(answer.text).toMatch(/<form method="post">/);
    expect(answer.text).not.toMatch(/https?:\/\/| (?:src|action|on\w+|style)=/);
  });

  it('is not in the OpenAPI document', async () => {
    const { paths } = (await request(baseUrl).get('/openapi.json')).body as { paths: object };
    expect(Object.keys(paths)).not.toContain(path);
  });
});

const raise = (code: string) => `do $$ begin raise 'a secret detail' using errcode = '${code}'; end $$`;

describe('the password reset form', () => {
  it('sets the new password, and accepts its token only once', async () => {
    const user = await aUser();
    const token = await anAccountToken(user.id, 'password_reset');
    const answer = await post('/reset-password', { token, new_password: 'Password2' });
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(answer.text).toContain('Your password was changed.');
    expect((await signIn(user.email, 'Password2')).expires_in).toBe(900);
    const again = await post('/reset-password', { token, new_password: 'Password3' });
    expect([again.status, alertsOf(again.text)]).toEqual([
      400,
      ['The link or code is wrong, has expired or was already used. Please request a new mail.'],
    ]);
  });

  it.each([
    ['lowercase', ['Password must contain uppercase letter.']],
    ['Short', ['The password should have at least 8 characters.']],
  ])('rejects the password %s and shows the reason in an empty form', async (new_password, sentences) => {
    const user = await aUser();
    const token = await anAccountToken(user.id, 'password_reset');
    const answer = await post('/reset-password', { token, new_password });
    expect(answer.status).toBe(422);
    expect(alertsOf(answer.text)).toEqual(sentences);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.text).not.toContain(token);
    expect(answer.text).not.toContain(`"${new_password}"`);
    expect((await signIn(user.email)).expires_in).toBe(900);
  });

  it('shows the configured minimum length in the text and in the minlength attribute', async () => {
    const app = await startApp({ env: { PASSWORD_MIN_LENGTH: '15' } });
    const page = request(app.url);
    const fields = { token: 'x', new_password: 'Password' };
    for (const { text } of [
      await page.get('/reset-password'),
      await page.post('/reset-password').type('form').send(fields),
    ]) {
      expect(text).toContain('At least 15 characters');
      expect(text).toMatch(/<input[^>]*name="new_password"[^>]*minlength="15"/);
    }
    await app.stop();
  });

  it('accepts a pasted code with spaces around it, and does not cut a long password silently', async () => {
    const user = await aUser();
    const token = `    ${await anAccountToken(user.id, 'password_reset')} `;
    const long = await post('/reset-password', { token, new_password: `P${'a'.repeat(128)}` });
    expect([long.status, alertsOf(long.text)]).toEqual([422, ['The password should have at most 128 characters.']]);
    expect(/<input[^>]*name="new_password"[^>]*>/.exec(long.text)![0]).not.toContain('maxlength');
    expect((await post('/reset-password', { token, new_password: 'Password2' })).status).toBe(200);
  });

  it('shows an unexpected error and an unavailable database as a page without details, and logs them', async () => {
    const codes = ['P0001', '57P03']; // any error, and a server that does not accept connections
    const app = await startApp({
      providers: { PasswordResetService: (source) => ({ reset: () => source.query(raise(codes.shift()!)) }) },
    });
    expectServerErrors();
    for (const status of [500, 503]) {
      const answer = await request(app.url)
        .post('/reset-password')
        .type('form')
        .send({ token: 'x', new_password: 'Password1' });
      expect([answer.status, answer.type]).toEqual([status, 'text/html']);
      expect(alertsOf(answer.text)).toEqual(['Something went wrong. Please try again later.']);
    }
    expect(app.logs).toContainEqual(expect.objectContaining({ msg: 'POST /reset-password failed' }));
    await app.stop();
  });

  it('answers malformed input with 400 or 422 and never repeats it as markup', async () => {
    const odd: Record<string, string>[] = [{}, { token: '"><script>' }, { token: 'x', new_password: '<b>Password1' }];
    for (const fields of odd) {
      const answer = await post('/reset-password', fields);
      expect([400, 422]).toContain(answer.status);
      expect(answer.text).not.toMatch(/"><script>|<b>/);
    }
  });

  it('counts towards the attempt limit, and returns an HTML page with 429 when the limit is exceeded', async () => {
    const app = await startApp({ env: { AUTH_ATTEMPTS_PER_MINUTE: '1', TRUST_PROXY: '1' } });
    const from = '192.0.2.77'; // unique, as all applications share the limits in one database
    const send = () =>
      request(app.url)
        .post('/reset-password')
        .set('X-Forwarded-For', from)
        .type('form')
        .send({ token: 'x', new_password: 'Password1' });
    expect((await send()).status).toBe(400);
    const refused = await send();
    expect([refused.status, refused.type]).toEqual([429, 'text/html']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(alertsOf(refused.text)).toHaveLength(1);
    await app.stop();
  });
});

describe('the e-mail verification form', () => {
  it('confirms the address on submit, not when a link checker opens the page', async () => {
    const user = await aUser();
    const token = await anAccountToken(user.id, 'email_verification');
    await request(baseUrl).get(`/verify-email?token=${token}`);
    expect(await verifiedAt(user)).toBeNull();
    const answer = await post('/verify-email', { token });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('Your e-mail address is confirmed.');
    expect(await verifiedAt(user)).not.toBeNull();
  });

  it('answers 409 with a message if another account has the address', async () => {
    const user = await aUser();
    const token = await anAccountToken(user.id, 'email_change', (await aUser()).email);
    const answer = await post('/verify-email', { token });
    expect([answer.status, alertsOf(answer.text)]).toEqual([409, ['Email already registered.']]);
  });
});

it('mails link to these pages and mention no API requests if no front end is configured', async () => {
  const user = await aUser();
  await anon.post('/auth/password/forgot', { email: user.email });
  await user.post('/auth/email/verification');
  const mails = await eventually(async () => {
    const found = await readMailsTo(user.email);
    return found?.length === 2 ? found : undefined;
  });
  for (const { text, html } of mails) {
    expect(text).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/(?:reset-password|verify-email)#token=[\w-]{43}$/m);
    expect(text + html).not.toMatch(/\b(?:POST|GET|PUT) \//);
    expect(text).toMatch(/\nIf (?:you did not request this|this account is not yours), ignore this mail\./);
  }
});

const chromium = findChromium();

(chromium ? describe : describe.skip)('the account pages in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch(chromium!);
  });
  afterAll(() => browser.close());

  it.each([
    ['with scripts', true],
    ['without scripts', false],
  ])('set a new password through the link in the mail, %s', async (_, javaScriptEnabled) => {
    const user = await aUser();
    await anon.post('/auth/password/forgot', { email: user.email });
    const token = await mailedToken(user.email, 'Reset your password');
    const { page, elsewhere, complaints } = await watchedPage(browser, baseUrl, { javaScriptEnabled });
    await page.goto(`/reset-password#token=${token}`);
    const code = page.getByLabel('Code from the mail');
    expect(await code.isVisible()).toBe(!javaScriptEnabled);
    if (!javaScriptEnabled) await code.fill(token);
    await page.getByLabel('New password').fill('Password2');
    await page.getByRole('button').click();
    await page.getByText('Your password was changed.').waitFor();
    expect((await signIn(user.email, 'Password2')).expires_in).toBe(900);
    expect([elsewhere, complaints]).toEqual([[], []]);
  });

  it('fit the width of a phone screen', async () => {
    const { page } = await watchedPage(browser, baseUrl, { viewport: { width: 390, height: 844 } });
    for (const path of PATHS) {
      await page.goto(path);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    }
  });
});

it('a reset through the page invalidates the old password and the existing sessions', async () => {
  const user = await aUser();
  const token = await anAccountToken(user.id, 'password_reset');
  await post('/reset-password', { token, new_password: 'Password2' }).expect(200);
  const form = { username: user.email, password: PASSWORD };
  await request(baseUrl).post('/auth/token').type('form').send(form).expect(401);
  expect((await user.get('/users/me')).status).toBe(401);
});
