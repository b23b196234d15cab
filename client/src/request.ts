import { OPERATIONS } from './generated/operations.js';
import type { CallOptions, OperationId } from './types.js';

type Values = Readonly<Record<string, unknown>>;

/** The input of any operation. */
export interface Input {
  /** The values of the path by name, or the only value. */
  readonly path?: Values | string | number | undefined;
  readonly query?: Values | undefined;
  readonly body?: unknown;
}

/** A request that can be sent again unchanged, except for the token. */
export interface Prepared {
  readonly operation: OperationId;
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: BodyInit | undefined;
  readonly key: string | undefined;
  /** The media types of a success. Undefined if a success has no body. */
  readonly gives: readonly string[] | undefined;
}

/** An operation in the generated table. */
interface Row {
  readonly method: string;
  readonly path: string;
  readonly media?: string;
  readonly takesKey?: boolean;
  readonly gives?: readonly string[];
}

export function requestOf(baseUrl: URL, operation: OperationId, input: Input, options: CallOptions): Prepared {
  const { method, path, gives, ...row }: Row = OPERATIONS[operation];
  const key = row.takesKey ? (options.idempotencyKey ?? newKey()) : undefined;
  const hasBody = input.body !== undefined;
  const media = hasBody ? (options.contentType ?? row.media) : undefined;
  const headers = new Headers({ Accept: 'application/json, */*;q=0.5' });
  if (media !== undefined) headers.set('Content-Type', media);
  if (key !== undefined) headers.set('Idempotency-Key', key);
  if (options.ifMatch !== undefined) headers.set('If-Match', options.ifMatch);
  const url = urlOf(baseUrl, path, input);
  return { operation, method, url, headers, body: hasBody ? encode(input.body, media) : undefined, key, gives };
}

function urlOf(baseUrl: URL, path: string, { path: values = {}, query = {} }: Input): string {
  const valueOf = (name: string) => (typeof values === 'object' ? values[name] : values);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(valueOf(name))));
  const url = new URL(baseUrl.pathname.replace(/\/$/, '') + filled, baseUrl);
  url.search = form(query).toString();
  return url.href;
}

function encode(body: unknown, media: string | undefined): BodyInit {
  if (media === 'application/x-www-form-urlencoded') return form(body as Values);
  return media?.includes('json') && !media.includes('ndjson') ? JSON.stringify(body) : (body as BodyInit);
}

/** Encodes values as a form. Leaves out undefined and null. */
function form(values: Values): URLSearchParams {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
}

/** Returns 128 random bits in hexadecimal. `crypto.randomUUID` does not exist in pages without TLS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
