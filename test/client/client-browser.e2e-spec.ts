import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type * as client from '../../client/dist/index.js';
import { findChromium, launch, watchedPage } from '../docs/browser.js';
import { freePort } from '../support/free-port.js';
import { anExport, anItem } from '../support/factories.js';
import { aUser, PASSWORD } from '../support/world.js';

const DIST = join(process.cwd(), 'client/dist');
const chromium = findChromium('the client is');

let site: Server;
let origin: string;
let api: RunningApp;

beforeAll(async () => {
  origin = `http://127.0.0.1:${await freePort()}`;
  site = createServer(({ url = '/' }, response) => {
    const file = join(DIST, new URL(url, origin).pathname);
    const isCode = file.endsWith('.js') && existsSync(file);
    response.setHeader('Content-Type', isCode ? 'text/javascript' : 'text/html');
    response.end(isCode ? readFileSync(file) : '<!doctype html><title>Shop</title><link rel="icon" href="data:,">');
  }).listen(Number(new URL(origin).port), '127.0.0.1');
  await once(site, 'listening');
  api = await startApp({ env: { CORS_ORIGINS: origin } });
});

afterAll(() => site.close());

interface Given {
  readonly api: string;
  readonly code: string;
  readonly username: string;
  readonly password: string;
  readonly item: number;
  readonly file: number;
}

/** Runs in the page, so it cannot use anything else in this file. */
async function shop({ api, code, username, password, item, file }: Given) {
  const { createClient, ApiError } = (await import(code)) as typeof client;
  const aerie = createClient({ baseUrl: api, fetch: globalThis.fetch });
  await aerie.auth.signIn({ username, password });
  const order = await aerie.orders.place({ item_id: item, quantity: 1 });
  const refused = await aerie.orders.place({ item_id: item, quantity: 0 }).catch((error: unknown) => error);
  const ids: number[] = [];
  for await (const { id } of aerie.orders.list({ limit: 1 })) ids.push(id);
  await aerie.orders.place({ item_id: item, quantity: 1 });
  const { bio } = await aerie.profile.update(() => ({ bio: 'From a page' }));
  const text = await new Response(await aerie.exports.download(file)).text();
  await aerie.auth.signOut();
  return {
    orders: ids.length === 1 && ids[0] === order.id,
    fields: refused instanceof ApiError && refused.requestId !== undefined && refused.fields.map(({ path }) => path),
    bio,
    text,
    isSignedIn: aerie.auth.isSignedIn,
  };
}

(chromium === undefined ? it.skip : it)('the client works in a page from another origin', async () => {
  const { id, email } = await aUser();
  const [{ id: item }, file] = await Promise.all([anItem(), anExport(id, Buffer.from('id\n7\n'))]);
  const browser = await launch(chromium!);
  try {
    const { page, complaints } = await watchedPage(browser, origin);
    await page.goto('/');
    const given = { api: api.url, code: '/index.js', username: email, password: PASSWORD, item, file: file.id };
    expect(await page.evaluate(shop, given)).toEqual({
      orders: true,
      fields: [['quantity']],
      bio: 'From a page',
      text: 'id\n7\n',
      isSignedIn: false,
    });
    expect(complaints.filter((complaint) => !/ 422 | 503 /.test(complaint))).toEqual([]);
  } finally {
    await browser.close();
  }
});
