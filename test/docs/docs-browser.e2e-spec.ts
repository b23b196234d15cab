import type { Browser, Locator, Page } from 'playwright-core';
import { findChromium, launch, PUBLIC_HOST, type Watched, watchedPage } from './browser.js';
import { enrolled } from '../support/totp.js';
import { aUser, PASSWORD } from '../support/world.js';

const email = 'browser@example.com';
const password = 'Password1';
const chromium = findChromium();

(chromium ? describe : describe.skip)('the documentation in a browser', () => {
  let browser: Browser;
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    const user = JSON.stringify({ email, name: 'Browser', password });
    const answer = await fetch(`${baseUrl}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: user,
    });
    expect(answer.status).toBe(201);
    browser = await launch(chromium ?? '');
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    watched = await watchedPage(browser, new URL(baseUrl).origin);
    page = watched.page;
  });
  afterEach(() => page.close());

  describe.each([
    ['the local address', new URL(baseUrl).origin],
    ['a public host name', `http://${PUBLIC_HOST}:${new URL(baseUrl).port}`],
  ])('under %s', (_name, origin) => {
    beforeEach(async () => {
      await page.close();
      watched = await watchedPage(browser, origin);
      page = watched.page;
    });
    afterEach(() => {
      expect(watched.elsewhere).toEqual([]);
      expect(watched.complaints).toEqual([]);
    });

    it('shows every operation in the explorer', async () => {
      await page.goto('/docs');
      await operation(page, 'get', '/users/me').waitFor();
      expect(await page.title()).toBe('Aerie · API explorer');
      expect(await page.locator('.opblock').count()).toBe(await operationCount());
      expect(await page.locator('.servers').isVisible()).toBe(false); // hidden, as there is only one
    });

    it('opens a deep link', async () => {
      await page.goto('/docs');
      await operation(page, 'get', '/users/me').locator('.opblock-summary-control').click();
      const link = page.url();
      expect(link).toContain('/docs#/');
      await page.goto('about:blank');
      await page.goto(link);
      await operation(page, 'get', '/users/me').locator('.execute').waitFor();
    });

    it('shows every operation in the reference', async () => {
      await page.goto('/redoc');
      await page.locator('[data-section-id*="/operation/"]').first().waitFor();
      expect(await page.title()).toBe('Aerie · API reference');
      expect(await page.locator('[data-section-id*="/operation/"]').count()).toBe(await operationCount());
      await page.locator('input[placeholder^="Search"]').fill('user'); // the search runs in a worker
      await page.locator('[data-role="search:results"] [role=menuitem]').first().waitFor();
    });
  });

  it('filters the operations by the search text', async () => {
    await page.goto('/docs');
    await operation(page, 'get', '/users/me').waitFor();
    const search = page.getByRole('searchbox');
    await search.fill('get /users/me');
    await operation(page, 'get', '/health/live').waitFor({ state: 'detached' });
    expect(await operation(page, 'get', '/users/me').count()).toBe(1);
    await search.fill('no such operation');
    await page.locator('.opblock').first().waitFor({ state: 'detached' });
  });

  it('asks only for a user name and a password, and signs in with the Enter key', async () => {
    await page.goto('/docs');
    await page.locator('.auth-wrapper .authorize').click();
    expect(await page.locator('.dialog-ux').locator('input, select').count()).toBe(2);
    await page.keyboard.type(email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.locator('.dialog-ux .logout').waitFor();
    await page.keyboard.press('Enter'); // presses Close
    await page.locator('.dialog-ux').waitFor({ state: 'detached' });
    expect(await execute(page, 'get', '/users/me')).toBe('200');
    expect(watched.elsewhere).toEqual([]);
    expect(watched.complaints).toEqual([]);
  });

  it('shows the error message of the server if the password is wrong', async () => {
    await signIn(page, 'Password2');
    const alert = page.getByRole('alert');
    await alert.filter({ hasText: 'Incorrect username or password' }).waitFor();
    expect(watched.answers.get('/auth/token')).toBe(401);
    expect(await stored(page)).toBe('[{},{}]');
  });

  it('asks for a code if the account has a second factor', async () => {
    const user = await aUser();
    const { recovery_codes } = await enrolled(user);
    await signIn(page, PASSWORD, user.email);
    await page.getByRole('alert').filter({ hasText: 'Second factor required' }).waitFor();
    await page.locator('#oauth_otp').fill('000000');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Incorrect username or password' }).waitFor();
    await page.locator('#oauth_otp').fill(recovery_codes[0]!);
    await page.keyboard.press('Enter');
    await page.locator('.dialog-ux .logout').waitFor();
    expect(await stored(page)).not.toContain(recovery_codes[0]);
  });

  it('keeps the user signed in after a reload, without storing the password', async () => {
    await signIn(page, password);
    await page.locator('.dialog-ux .logout').waitFor();
    await page.reload();
    await page.locator('.auth-wrapper .authorize.locked').waitFor();
    expect(await execute(page, 'get', '/users/me')).toBe('200');
    expect(await stored(page)).toContain('access_token');
    expect(await stored(page)).not.toMatch(new RegExp(`${password}|client_secret|refresh`));
    expect(await page.context().cookies()).toEqual([]);
  });

  it('ends the session on sign-out', async () => {
    await signIn(page, password);
    const answer = page.waitForResponse((response) => response.url().endsWith('/auth/logout'));
    await page.locator('.dialog-ux .logout').click();
    await page.locator('#oauth_username').waitFor();
    expect((await answer).status()).toBe(204);
    expect(await stored(page)).toBe('[{},{}]');
    await page.reload();
    await operation(page, 'get', '/users/me').waitFor();
    expect(await page.locator('.auth-wrapper .authorize.locked').count()).toBe(0);
    expect(await execute(page, 'get', '/users/me')).toBe('401');
  });
});

async function operationCount(): Promise<number> {
  const { paths } = (await (await fetch(`${baseUrl}/openapi.json`)).json()) as { paths: Record<string, object> };
  const methods = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace']);
  return Object.values(paths)
    .flatMap((path) => Object.keys(path))
    .filter((key) => methods.has(key)).length;
}

function operation(page: Page, method: string, path: string): Locator {
  return page.locator(`.opblock-${method}`, { has: page.locator(`[data-path="${path}"]`) });
}

async function signIn(page: Page, word: string, name = email): Promise<void> {
  await page.goto('/docs');
  await page.locator('.auth-wrapper .authorize').click();
  await page.locator('#oauth_username').fill(name);
  await page.locator('#oauth_password').fill(word);
  await page.locator('.dialog-ux .authorize').click();
}

/** Opens the operation and sends it unchanged. Returns the status that the page shows. */
async function execute(page: Page, method: string, path: string): Promise<string> {
  const block = operation(page, method, path);
  await block.locator('.opblock-summary-control').click();
  await block.locator('.execute').click();
  const status = await block.locator('.live-responses-table tbody .response-col_status').first().textContent();
  return status?.trim().slice(0, 3) ?? '';
}

function stored(page: Page): Promise<string> {
  return page.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
}
