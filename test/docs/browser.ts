import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A name that leads to this machine, as a proxy's would in production. */
export const PUBLIC_HOST = 'api.example.com';

/** The path of an installed Chromium; says loudly that tests are skipped where there is none. */
export function findChromium(untested = 'the documentation pages are'): string | undefined {
  const found = PLACES.find((place) => existsSync(place));
  if (!found) console.warn(`SKIPPED: chromium is not installed, so ${untested} not tested in a browser`);
  return found;
}

/** Chromium without a network: this machine is all it reaches, by address or as PUBLIC_HOST. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', // Chromium refuses to run as root with it, and test machines are often root
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
  /** Addresses asked for on any other origin. */
  readonly elsewhere: string[];
  /** What the console complained of, violations of the policy and uncaught errors included. */
  readonly complaints: string[];
  /** The status of each answer, by its path. */
  readonly answers: Map<string, number>;
}

/** A fresh page, with empty storages, that writes down what should not happen. */
export async function watchedPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const page = await browser.newPage({ ...options, baseURL: origin });
  const watched: Watched = { page, elsewhere: [], complaints: [], answers: new Map() };
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol)) watched.elsewhere.push(url.href);
  });
  page.on('response', (response) => {
    const { protocol, pathname } = new URL(response.url());
    if (protocol !== 'blob:') watched.answers.set(pathname, response.status()); // a page's own worker is no answer
  });
  page.on('pageerror', (error) => watched.complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) watched.complaints.push(message.text());
  });
  return watched;
}
