import type { Config } from '../config/config.js';
import { serverUrl } from '../config/server-address.js';

/** Addresses to listen on all interfaces. Browsers cannot open them. */
const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Returns the URL of Aerie's own pages: PUBLIC_URL, or where Aerie listens. */
export function publicUrl({ host, values: { PORT, PUBLIC_URL } }: Config): string {
  return PUBLIC_URL ?? serverUrl(ANY_ADDRESS.has(host) ? 'localhost' : host, PORT);
}

/** Returns the URL of a page that both the front end (APP_URL) and Aerie have. */
export function pageUrl(config: Config, page: string): string {
  return `${config.values.APP_URL ?? publicUrl(config)}/${page}`;
}
