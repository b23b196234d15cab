import type { Browser, Locator, Page } from 'playwright-core';
import { findChromium, launch, type Watched, watchedPage } from './browser.js';
import { OPERATIONS, type Operation } from '../support/openapi.js';
import { join } from 'node:path';
import { tokenIn } from '../support/account-tokens.js';
import { eventually } from '../support/factories.js';
import { readMails } from '../support/mail.js';
import { aerie, aFolder } from '../support/processes.js';
import { codeAt } from '../support/totp.js';

const chromium = findChromium();

/** Operations that run first, because later ones end or need their state: a token from a mail, a refresh token. */
const FIRST = ['post /users', 'post /auth/email/verify', 'post /auth/token', 'post /auth/refresh'];

/**
 * In document order, except for deletes, which come late, and the operation that ends the admin's other sessions, which
 * is last.
 */
const ORDER = OPERATIONS.toSorted((a, b) => weight(a) - weight(b));

interface Told {
  readonly secret: string;
  readonly recovery_codes: readonly [string];
}

function weight({ name, method }: Operation): number {
  if (name === 'put /users/me/password') return 2;
  if (method === 'delete') return 1;
  return FIRST.includes(name) ? FIRST.indexOf(name) - FIRST.length : 0;
}

const folder = aFolder();
const used = new Set<string>();

/** Waits for an unused token from a mail with this subject, and returns it. */
function unusedToken(subject: string): Promise<string> {
  return eventually(async () => {
    const mails = (await readMails(join(folder, 'mail'))).filter(({ headers }) => headers['subject'] === subject);
    const token = mails.map(tokenIn).findLast((one) => one !== undefined && !used.has(one));
    return token && used.add(token) && token;
  });
}

/** Bodies that no example can provide, made from the admin's password and the last answer about the second factor. */
const TYPED: Readonly<Record<string, (password: string, told: Told) => object | Promise<object>>> = {
  'post /auth/totp': (password) => ({ password }),
  'post /auth/totp/confirmation': (_, { secret }) => ({ code: codeAt(secret, Date.now()) }),
  'post /auth/totp/recovery-codes': (password, { recovery_codes: [code] }) => ({ password, code }),
  'post /auth/password/reset': async () => ({
    token: await unusedToken('Reset your password'),
    new_password: 'Password1',
  }),
  'post /auth/email/verify': async () => ({ token: await unusedToken('Welcome to Aerie') }),
  'put /users/me/email': (password) => ({ email: 'root@aerie.example', current_password: password }),
  'put /users/me/password': (password) => ({ current_password: password, new_password: password }),
  'delete /auth/totp': (password, { recovery_codes: [code] }) => ({ password, code }),
};

(chromium ? describe : describe.skip)('the explorer, used by the admin of the demo data', () => {
  let browser: Browser;
  let watched: Watched;
  let page: Page;
  let password: string;
  let url: string;
  let told: Promise<Told> | undefined;

  beforeAll(async () => {
    await stopApp(); // so that the mails go to the program's folder
    const program = aerie({ DATABASE_URL: databaseUrl, DATA_DIR: folder, DEMO_DATA: 'true', DOCS_ENABLED: 'true' });
    url = await program.address();
    password = await program.says(/Password +(\S+)/);
    browser = await launch(chromium ?? '');
    watched = await watchedPage(browser, url);
    page = watched.page;
    page.on('response', (response) => {
      const isPost = response.request().method() === 'POST';
      if (isPost && response.url().includes('/auth/totp')) told = response.json() as Promise<Told>;
    });
    await page.goto('/docs');
    await signIn(page, password);
  });
  afterAll(() => browser?.close());

  it.each([
    ['first', ORDER],
    ['second', ORDER.filter(({ method }) => method !== 'get')],
  ])('gets a documented 2xx status from each executed operation, the %s time', async (_, operations) => {
    const seen = [];
    for (const operation of operations) {
      const typed = await TYPED[operation.name]?.(password, (await told)!);
      seen.push(await executed(page, operation, typed));
    }
    expect(seen).toEqual(operations.map(({ name, responses }) => `${name} ${successOf(responses)}`));
    expect(await page.locator('.errors-wrapper').allTextContents()).toEqual([]); // such as unresolved references
    expect(watched.elsewhere).toEqual([]);
    expect(watched.complaints).toEqual([]);
  });

  it('keeps the id of a created resource after a reload, but no refresh token', async () => {
    await execute(page, { method: 'post', path: '/items' });
    await execute(page, { method: 'post', path: '/auth/token' });
    const made = await field(page, { method: 'patch', path: '/items/{item_id}' });
    expect(Number(made)).toBeGreaterThan(1000);
    await page.reload();
    await page.locator('.auth-wrapper .authorize.locked').waitFor();
    expect(await field(page, { method: 'patch', path: '/items/{item_id}' })).toBe(made);
    const refresh = await opened(page, { method: 'post', path: '/auth/refresh' });
    expect(JSON.parse(await refresh.locator(EDITOR).inputValue())).toEqual({
      refresh_token: 'the refresh_token of the newest answer',
    });
    expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toMatch(/refresh/);
  });

  it('does not overwrite a value that the user has typed', async () => {
    const item = { method: 'get', path: '/items/{item_id}' } as const;
    await field(page, item);
    await block(page, item).locator('[data-param-in="path"] input').fill('3');
    await execute(page, { method: 'post', path: '/items' });
    expect(await field(page, item)).toBe('3');
  });

  it('shows a lock only on operations that answer anonymous callers with 401', async () => {
    for (const operation of OPERATIONS) {
      const { status } = await fetch(url + operation.path.replaceAll(/\{.*?\}/g, '1'), {
        method: operation.method.toUpperCase(),
      });
      const locks = await block(page, operation).locator('.authorization__btn').count();
      expect([operation.name, locks]).toEqual([operation.name, status === 401 ? 1 : 0]);
    }
  });

  it('has the same operations as the reference', async () => {
    await page.goto('/redoc');
    await page.locator('[data-section-id*="/operation/"]').first().waitFor();
    const sections: string[] = await page
      .locator('[data-section-id*="/operation/"]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-section-id')?.split('/operation/')[1] ?? ''));
    expect(sections.toSorted()).toEqual(OPERATIONS.map(({ operationId }) => operationId).toSorted());
  });
});

/** The placeholders of Swagger UI for values without an example. */
const WORTHLESS = /"(?:string|\*{8})"|: 0\b|\{\}/;
const EDITOR = '.body-param__text';

type Named = Pick<Operation, 'method' | 'path'>;

function successOf(responses: object): string {
  return Object.keys(responses).find((status) => status.startsWith('2')) ?? '';
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.locator('.auth-wrapper .authorize').click();
  await page.locator('#oauth_username').fill('admin@aerie.example');
  await page.locator('#oauth_password').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('.dialog-ux .logout').waitFor();
  await page.keyboard.press('Enter');
}

function block(page: Page, { method, path }: Named): Locator {
  return page.locator(`.opblock-${method}`, { has: page.locator(`[data-path="${path}"]`) });
}

/** Clicks without Playwright's wait for a stable frame. */
const click = (target: Locator) => target.dispatchEvent('click');

async function opened(page: Page, operation: Named): Promise<Locator> {
  const shown = block(page, operation);
  if ((await shown.locator('.execute').count()) === 0) await click(shown.locator('.opblock-summary-control'));
  await shown.locator('.execute').waitFor();
  return shown;
}

async function execute(page: Page, operation: Named): Promise<string> {
  const shown = await opened(page, operation);
  const row = shown.locator('.live-responses-table tbody .response-col_status');
  if ((await row.count()) > 0) {
    await click(shown.locator('.btn-clear'));
    await row.first().waitFor({ state: 'detached' });
  }
  await send(page, shown.locator('.execute'), operation);
  const status = await row
    .first()
    .textContent({ timeout: 60_000 })
    .catch(() => 'not sent');
  return status?.trim().slice(0, 3) ?? '';
}

/**
 * Clicks until the request is sent: Swagger UI renders an operation again once it is resolved, so a click may hit the
 * old button.
 */
async function send(page: Page, button: Locator, { method }: Named): Promise<void> {
  for (let clicks = 0; clicks < 5; clicks++) {
    const sent = page.waitForRequest((request) => request.method() === method.toUpperCase(), { timeout: 5000 });
    await click(button);
    const wasSent = await sent.then(
      () => true,
      () => false,
    );
    if (wasSent) return;
  }
}

/**
 * Sends the operation and returns its name with the status. If the body has placeholders only, returns that body
 * instead.
 */
async function executed(page: Page, operation: Operation, typed?: object): Promise<string> {
  const shown = await opened(page, operation);
  if (typed) await shown.locator(EDITOR).fill(JSON.stringify(typed));
  const sent = (await shown.locator(EDITOR).count()) > 0 ? await shown.locator(EDITOR).inputValue() : '';
  const status = WORTHLESS.test(sent) ? `sends ${sent}` : await execute(page, operation);
  await click(shown.locator('.opblock-summary-control'));
  return `${operation.name} ${status}`;
}

/** Returns the initial value of the path parameter. */
async function field(page: Page, operation: Named): Promise<string> {
  const shown = await opened(page, operation);
  return shown.locator('[data-param-in="path"] input').inputValue();
}
