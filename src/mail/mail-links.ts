import type { Config } from '../kernel/config/config.js';
import { addressOf } from '../kernel/http/address.js';

/** Listens on all addresses of the machine, and is none that a browser can open. */
const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** The address of Aerie's own pages: PUBLIC_URL, or where it listens. */
export function publicUrl({ host, values: { PORT, PUBLIC_URL } }: Config): string {
  return PUBLIC_URL ?? addressOf(ANY_ADDRESS.has(host) ? 'localhost' : host, PORT);
}

/** The address of a page that the front end and Aerie itself both have. */
export function pageUrl(config: Config, page: string): string {
  return `${config.values.APP_URL ?? publicUrl(config)}/${page}`;
}
