import type { Browser, Locator, Page } from 'playwright-core';
import request from 'supertest';
import { findChromium, launch, type Watched, watchedPage } from './browser.js';
import { aUser, PASSWORD, type Actor } from '../support/world.js';

const chromium = findChromium();
const PHONE = { width: 390, height: 844 };

it('GET / returns the exact JSON body to programs and an HTML page to browsers', async () => {
  const asked = await request(baseUrl).get('/');
  expect([asked.text, asked.headers['content-type']]).toEqual(['{"message":"Hello World"}', 'application/json']);
  expect(asked.headers['vary']).toBe('Origin');
  const page = await request(baseUrl).get('/').set('Accept', 'text/html,*/*;q=0.8');
  expect([page.status, page.type]).toEqual([200, 'text/html']);
  for (const [, to] of page.text.matchAll(/<a href="([^"]*)"/g)) await request(baseUrl).get(`/${to}`).expect(200);
});

it('GET / returns JSON to browsers as well if the documentation is disabled', async () => {
  const app = await startApp({ env: { DOCS_ENABLED: 'false' } });
  const answer = await request(app.url).get('/').set('Accept', 'text/html');
  expect(answer.text).toBe('{"message":"Hello World"}');
  await app.stop();
});

(chromium ? describe : describe.skip)('the documentation pages', () => {
  let browser: Browser;
  let user: Actor;
  let watched: Watched;
  let page: Page;

  beforeAll(async () => {
    user = await aUser();
    browser = await launch(chromium!);
  });
  afterAll(() => browser?.close());

  async function open(path: string, options: Parameters<typeof watchedPage>[2] = {}): Promise<void> {
    watched = await watchedPage(browser, new URL(baseUrl).origin, options);
    ({ page } = watched);
    await page.goto(path);
  }

  afterEach(async () => {
    expect([watched.elsewhere, watched.complaints]).toEqual([[], []]);
    await page.close();
  });

  it('link from the root page to the explorer, even without scripts', async () => {
    await open('/', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Explorer' }).click();
    expect(new URL(page.url()).pathname).toBe('/docs');
  });

  it('find operations by common terms, and show a message if none match', async () => {
    await open('/docs');
    for (const word of ['2fa', 'pagination']) {
      await page.getByRole('searchbox').fill(word);
      await page.locator('#operations-health-live').waitFor({ state: 'detached' });
      expect(await page.locator('.opblock').count()).toBeGreaterThan(0);
      await page.getByRole('searchbox').fill('');
      await page.locator('#operations-health-live').waitFor();
    }
    await page.getByRole('searchbox').fill('zzz');
    await page.getByRole('status').filter({ hasText: 'No operations match' }).waitFor();
  });

  it('link to each group of operations', async () => {
    await open('/docs');
    const links = page.getByRole('navigation', { name: 'Groups of operations' }).getByRole('link');
    await links.first().waitFor();
    const tags = (JSON.parse(openapi) as { tags: { name: string }[] }).tags.map(({ name }) => name);
    expect((await links.allTextContents()).toSorted()).toEqual(tags.toSorted());
    const isOnScreen = `document.querySelector('[data-tag="reports"]').getBoundingClientRect().top < innerHeight`;
    expect(await page.evaluate(isOnScreen)).toBe(false);
    await links.filter({ hasText: 'reports' }).click();
    await page.waitForFunction(isOnScreen);
  });

  it('offer the demo account if it exists, and sign in with it', async () => {
    await open('/docs');
    await page.locator('.authorize').first().click();
    await page.locator('#oauth_username').waitFor();
    expect(await page.getByText('Demo account').count()).toBe(0);
    await page.close();
    await aUser({ email: 'ann@aerie.example' });
    await open('/docs');
    await page.locator('.authorize').first().click();
    await page.getByText('Demo account: ann@aerie.example').getByRole('button', { name: 'Use it' }).click();
    await page.getByText('You are signed in').waitFor();
  });

  it('collapse error responses and headers until the user opens them', async () => {
    await open('/docs');
    const block = await opened('placeOrder');
    const row = (code: string) => block.locator(`.response[data-code="${code}"]`);
    expect(await row('201').locator('.highlight-code').isVisible()).toBe(true);
    expect(await row('201').locator('table.headers').isVisible()).toBe(false);
    await row('201').locator('summary').click();
    expect(await row('201').locator('table.headers').isVisible()).toBe(true);
    expect(await row('409').textContent()).toContain('conflicts with the current state');
    expect(await row('409').locator('.highlight-code').count()).toBe(0);
    await row('409').getByRole('button', { name: 'Show details of 409' }).click();
    await row('409').locator('.highlight-code').waitFor();
  });

  it('show the sent request as code in four languages, including the token', async () => {
    await open('/docs');
    await signIn();
    const block = await opened('getMe');
    await block.locator('.execute').click();
    const snippets = block.locator('.request-snippets');
    await snippets.waitFor();
    for (const [name, begins] of Object.entries({
      curl: 'curl -X',
      JavaScript: 'const response',
      Python: 'import requests',
      HTTPie: 'http GET',
    })) {
      await snippets.getByText(name, { exact: true }).click();
      await snippets.locator('pre').filter({ hasText: begins }).waitFor();
      expect(await snippets.locator('pre').textContent()).toContain(`Bearer ey`);
    }
  });

  it('fit the width of a phone screen, with every kind of operation open', async () => {
    await open('/docs', { viewport: PHONE });
    for (const id of ['placeOrder', 'listItems', 'signIn', 'importUsers', 'patchProfile']) await opened(id);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    await page.goto('/redoc');
    await page.locator('[data-section-id*="/operation/"]').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
  });

  it.each(['light', 'dark'] as const)(
    'show the reference in %s colours, with a link to the explorer',
    async (colorScheme) => {
      await open('/redoc', { colorScheme });
      const section = page.locator('[data-section-id*="/operation/"]').first();
      await section.waitFor();
      expect(brightness(await colorOf(page.locator('body'), 'background-color')) < 0.5).toBe(colorScheme === 'dark');
      expect(brightness(await colorOf(section.locator('h2').first(), 'color')) < 0.5).toBe(colorScheme === 'light');
      expect(colorScheme === 'dark' ? await page.evaluate(FAINT) : []).toEqual([]); // the light colours come from ReDoc
      expect(await page.locator('main').textContent()).not.toContain('Authorize button');
      await page.getByRole('link', { name: 'Explorer', exact: true }).click();
      await page.locator('.opblock').first().waitFor();
    },
  );

  async function opened(operationId: string): Promise<Locator> {
    const block = page.locator(`.opblock[id$="-${operationId}"]`);
    await block.locator('.opblock-summary-control').click();
    await block.locator('.execute').waitFor();
    return block;
  }

  async function signIn(): Promise<void> {
    await page.locator('.auth-wrapper .authorize').click();
    await page.getByLabel('E-mail').fill(user.email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('.dialog-ux .logout').waitFor();
    await page.keyboard.press('Enter'); // presses Close
  }
});

/**
 * Script that returns texts with too little contrast to their background (WCAG: 3 for large texts), as computed by the
 * page.
 */
const FAINT = `(() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const linear = (value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) + 0.05;
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const [red, green, blue, alpha = 1] = parts(getComputedStyle(one).backgroundColor);
      if (alpha > 0.9) return [red, green, blue];
    }
    return [255, 255, 255];
  };
  const isFaint = (element) => {
    const back = behind(element);
    const [red, green, blue, alpha = 1] = parts(getComputedStyle(element).color);
    const seen = [red, green, blue].map((value, i) => value * alpha + back[i] * (1 - alpha));
    const [brighter, darker] = [light(seen), light(back)].sort((a, b) => b - a);
    return brighter / darker < 3;
  };
  const hasText = (element) => [...element.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
  const texts = [...document.querySelectorAll('main *')].filter((one) => one.offsetParent && hasText(one) && isFaint(one));
  return [...new Set(texts.map((one) => one.tagName + ' ' + one.textContent.trim().slice(0, 40)))].slice(0, 5);
})()`;

/** Returns a colour of an element, as computed by the page. */
function colorOf(element: Locator, property: string): Promise<string> {
  type Computes = { getComputedStyle(one: unknown): { getPropertyValue(name: string): string } };
  return element.evaluate(
    (one, name) => (globalThis as unknown as Computes).getComputedStyle(one).getPropertyValue(name),
    property,
  );
}

/** Returns the brightness: from 0 for black to 1 for white. */
function brightness(color: string): number {
  const [red, green, blue] = color.match(/[\d.]+/g)!.map(Number) as [number, number, number];
  return (red + green + blue) / (3 * 255);
}
