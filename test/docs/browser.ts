import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A host name that resolves to this machine, as a proxy's name does in production. */
export const PUBLIC_HOST = 'api.example.com';

/** Returns the path of an installed Chromium. Warns if there is none, as its tests are skipped. */
export function findChromium(untested = 'the documentation pages are'): string | undefined {
  const found = PLACES.find((place) => existsSync(place));
  if (!found) console.warn(`SKIPPED: chromium is not installed, so ${untested} not tested in a browser`);
  return found;
}

/** Starts Chromium without a network: it reaches only this machine, by address or as PUBLIC_HOST. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', // the sandbox does not run as root, but test machines often do
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP ${PUBLIC_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
    ],
  });
}

export interface Watched {
  readonly page: Page;
  /** URLs of requests to any other origin. */
  readonly elsewhere: string[];
  /** Errors and warnings in the console, including violations of the CSP and uncaught errors. */
  readonly complaints: string[];
  /** The status of each answer by path. */
  readonly answers: Map<string, number>;
}

/** Opens a new page with empty storage, and records requests to other origins and complaints in the console. */
export async function watchedPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const page = await browser.newPage({ ...options, baseURL: origin });
  page.setDefaultTimeout(100_000); // on a busy machine, ReDoc takes more than half a minute
  const watched: Watched = { page, elsewhere: [], complaints: [], answers: new Map() };
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol)) watched.elsewhere.push(url.href);
  });
  page.on('response', (response) => {
    const { protocol, pathname } = new URL(response.url());
    if (protocol !== 'blob:') watched.answers.set(pathname, response.status()); // a blob is the page's own worker
  });
  page.on('pageerror', (error) => watched.complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) watched.complaints.push(message.text());
  });
  return watched;
}
