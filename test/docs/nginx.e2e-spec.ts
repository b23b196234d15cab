import type { Browser } from 'playwright-core';
import request from 'supertest';
import { findChromium, launch, watchedPage } from './browser.js';
import { blocksOf, documents } from './documents.js';
import { anItem } from '../support/factories.js';
import { linksOf } from '../support/links.js';
import type { Proxy } from '../support/proxy.js';
import { hasNginx, startNginx } from './nginx.js';
import { type Actor, aUser, PASSWORD } from '../support/world.js';

/** Returns the location block that docs/operators.md shows, with compression. */
const locationOf = (url: string) => {
  const operators = documents().find(({ path }) => path === 'docs/operators.md')!;
  const { text } = blocksOf(operators).find(({ language }) => language === 'nginx')!;
  return `
  gzip on;
  gzip_types application/json;
  gzip_min_length 1;
  ${text.replace('http://127.0.0.1:8000', url)}`;
};

interface Document {
  servers: { url: string }[];
  components: { securitySchemes: { OAuth2PasswordBearer: { flows: { password: Record<string, string> } } } };
}

let app: RunningApp;
let nginx: Proxy;
let user: Actor;
let admin: Actor;

const get = (path: string, headers: Record<string, string> = {}) => request(nginx.url).get(path).set(headers);

(hasNginx() ? describe : describe.skip)('behind an nginx that serves Aerie under /api', () => {
  beforeAll(async () => {
    app = await startApp({ env: { TRUST_PROXY: '1' } });
    nginx = await startNginx(locationOf(app.url));
    user = (await aUser()).at(nginx.url);
    admin = (await aUser({ role: 'admin' })).at(nginx.url);
  });
  afterAll(async () => {
    await nginx.stop();
    await app.stop();
  });

  it.each(['/api/docs', '/api/redoc', '/api/docs/oauth2-redirect'])(
    '%s and every URL in it are available',
    async (path) => {
      const { text } = await get(path).expect(200);
      const addresses = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, to]) => new URL(to!, nginx.url + path));
      expect(addresses.length).toBeGreaterThan(2);
      for (const { origin, pathname } of addresses) {
        expect([origin, pathname]).toEqual([nginx.url, expect.stringMatching(/^\/api\//)]);
        await get(pathname).expect(200);
      }
    },
  );

  it.each(['/api/docs/?x=1', '/api/redoc/?x=1', '/api/openapi.json/?x=1'])(
    '%s redirects to the path without the trailing slash',
    async (path) => {
      const answer = await get(path).expect(307);
      const to = new URL(answer.headers['location']!, nginx.url + path);
      expect(to.href).toBe(nginx.url + path.replace('/?', '?'));
      await get(to.pathname + to.search).expect(200);
    },
  );

  it('the OpenAPI document contains the prefix in the URLs of the server and the sign-in', async () => {
    const { body } = await get('/api/openapi.json').expect(200);
    const { servers, components } = body as Document;
    expect(servers.map(({ url }) => url)).toEqual(['/api']);
    const { tokenUrl, refreshUrl } = components.securitySchemes.OAuth2PasswordBearer.flows.password;
    expect([tokenUrl, refreshUrl]).toEqual(['/api/auth/token', '/api/auth/token']);
    const form = { username: user.email, password: PASSWORD };
    await request(nginx.url).post(tokenUrl!).type('form').send(form).expect(200);
  });

  it('the OpenAPI document and its ETag differ from those without the prefix', async () => {
    const { headers } = await get('/api/openapi.json').expect(200);
    await get('/api/openapi.json', { 'If-None-Match': headers['etag']! }).expect(304);
    const direct = await request(app.url).get('/openapi.json').set('If-None-Match', headers['etag']!);
    expect([direct.status, (direct.body as Document).servers]).toEqual([200, [expect.objectContaining({ url: '/' })]]);
  });

  it('Location and Link headers contain the prefix and can be followed', async () => {
    const made = await user.post('/api/api/v1/posts', { title: 'T', body: 'B' }).expect(201);
    expect(made.headers['location']).toBe(`/api/api/v1/posts/${made.body.id}`);
    await user.get(made.headers['location']!).expect(200, made.body as object);
    await anItem();
    await anItem();
    for (const path of ['/api/items?limit=1', '/api/api/v1/posts?limit=1']) {
      const { first, next } = linksOf(await user.get(path).expect(200));
      expect(first).toBe(path);
      if (path.includes('items')) await user.get(next!).expect(200);
    }
  });

  it('the ETag of a response that nginx compresses still identifies its version', async () => {
    const { id } = await anItem();
    const path = `/api/items/${id}`;
    const { headers } = await get(path, { 'Accept-Encoding': 'gzip' }).expect(200);
    const tag = headers['etag']!;
    expect([tag, headers['content-encoding']]).toEqual(['W/"1"', 'gzip']);
    await get(path, { 'If-None-Match': tag }).expect(304);
    await admin.patch(path, { stock: 4 }).set('If-Match', tag).expect(200);
    await admin.patch(path, { stock: 3 }).set('If-Match', tag).expect(412);
    await get(path, { 'If-None-Match': tag }).expect(200);
  });

  it('OPTIONS /api/, the default health check of HAProxy, is answered with 204', async () => {
    const { headers } = await request(nginx.url).options('/api/').expect(204);
    expect(headers['allow']).toBe('GET, HEAD, OPTIONS');
  });

  it('a prefix or host that the client sends is ignored', async () => {
    const evil = { 'X-Forwarded-Prefix': '/evil', 'X-Forwarded-Host': 'evil.example', Host: 'evil.example' };
    for (const path of ['/api/openapi.json', '/api/items?limit=1', '/api/docs', '/api/docs/']) {
      const { text, headers } = await get(path, evil);
      expect(`${text} ${JSON.stringify(headers)}`).not.toMatch(/evil/);
    }
  });

  describe('if Aerie trusts no proxy', () => {
    let open: RunningApp;
    let proxy: Proxy;

    beforeAll(async () => {
      open = await startApp();
      proxy = await startNginx(locationOf(open.url));
    });
    afterAll(async () => {
      await proxy.stop();
      await open.stop();
    });

    it('the prefix is ignored', async () => {
      const { body } = await request(proxy.url).get('/api/openapi.json');
      expect((body as Document).servers).toMatchObject([{ url: '/' }]);
      const { headers } = await request(proxy.url).get('/api/items?limit=1');
      expect(headers['link']).toMatch(/^<\/items\?/);
    });
  });

  const chromium = findChromium();
  (chromium ? describe : describe.skip)('a browser', () => {
    let browser: Browser;

    beforeAll(async () => {
      browser = await launch(chromium!);
    });
    afterAll(() => browser.close());

    it('can sign in, send a request and sign out in the explorer', async () => {
      const { page, answers, elsewhere, complaints } = await watchedPage(browser, nginx.url);
      await page.goto('/api/docs');
      await page.locator('.auth-wrapper .authorize').click();
      await page.locator('#oauth_username').fill(user.email);
      await page.locator('#oauth_password').fill(PASSWORD);
      await page.locator('.dialog-ux .authorize').click();
      await page.locator('.dialog-ux .logout').waitFor();
      await page.locator('.dialog-ux .btn-done').click();
      const me = page.locator('.opblock-get', { has: page.locator('[data-path="/users/me"]') });
      await me.locator('.opblock-summary-control').click();
      await me.locator('.execute').click();
      await me.locator('.live-responses-table tbody .response-col_status').first().waitFor();
      await page.locator('.auth-wrapper .authorize').click();
      const answer = page.waitForResponse((response) => response.url().endsWith('/auth/logout'));
      await page.locator('.dialog-ux .logout').click();
      expect((await answer).status()).toBe(204);
      expect([answers.get('/api/auth/token'), answers.get('/api/users/me')]).toEqual([200, 200]);
      expect([...answers.keys()].filter((path) => !path.startsWith('/api/'))).toEqual([]);
      expect([elsewhere, complaints]).toEqual([[], []]);
    });

    it('shows the reference', async () => {
      const { page, answers, elsewhere, complaints } = await watchedPage(browser, nginx.url);
      await page.goto('/api/redoc');
      await page.locator('[data-section-id*="/operation/"]').first().waitFor();
      expect([...answers.keys()].filter((path) => !path.startsWith('/api/'))).toEqual([]);
      expect([elsewhere, complaints]).toEqual([[], []]);
    });
  });
});
