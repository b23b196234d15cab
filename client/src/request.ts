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

const MULTIPART = 'multipart/form-data';

export function requestOf(baseUrl: URL, operation: OperationId, input: Input, options: CallOptions): Prepared {
  const { method, path, gives, ...row }: Row = OPERATIONS[operation];
  const key = row.takesKey ? (options.idempotencyKey ?? newKey()) : undefined;
  const hasBody = input.body !== undefined;
  const media = hasBody ? (options.contentType ?? row.media) : undefined;
  const headers = new Headers({ Accept: 'application/json, */*;q=0.5' });
  // `fetch` itself sets the type of a FormData, with its boundary.
  if (media !== undefined && media !== MULTIPART) headers.set('Content-Type', media);
  if (key !== undefined) headers.set('Idempotency-Key', key);
  if (options.ifMatch !== undefined) headers.set('If-Match', options.ifMatch);
  const url = urlOf(baseUrl, path, input);
  return { operation, method, url, headers, body: hasBody ? encode(input.body, media) : undefined, key, gives };
}

function urlOf(baseUrl: URL, path: string, { path: values = {}, query = {} }: Input): string {
  const valueOf = (name: string) => (typeof values === 'object' ? values[name] : values);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segment(name, valueOf(name)));
  const url = new URL(baseUrl);
  url.pathname = baseUrl.pathname.replace(/\/+$/, '') + filled; // as part of a URL, `//x` would be another host
  url.search = form(query).toString();
  url.hash = '';
  return url.href;
}

/** Encodes a value of a path. Throws TypeError for one that would lead to the path of another operation. */
function segment(name: string, value: unknown): string {
  const text = String(value);
  if (value === undefined || value === null || /^\.{0,2}$/.test(text))
    throw new TypeError(`The path needs a ${name}, not '${text}'`);
  return encodeURIComponent(text);
}

function encode(body: unknown, media: string | undefined): BodyInit {
  if (media === 'application/x-www-form-urlencoded') return form(body as Values);
  if (media === MULTIPART) return body instanceof FormData ? body : multipart(body as Values);
  return media?.includes('json') && !media.includes('ndjson') ? JSON.stringify(body) : (body as BodyInit);
}

/** Encodes the values that are set as a form. A list repeats its name. */
function form(values: Values): URLSearchParams {
  return new URLSearchParams(partsOf(values).map(([name, value]): [string, string] => [name, String(value)]));
}

/** Encodes the values that are set as a form with files. */
function multipart(values: Values): FormData {
  const data = new FormData();
  for (const [name, value] of partsOf(values)) data.append(name, value instanceof Blob ? value : String(value));
  return data;
}

function partsOf(values: Values): [string, unknown][] {
  return entriesOf(values).flatMap(([name, value]) =>
    Array.isArray(value) ? value.filter(isSet).map((one): [string, unknown] => [name, one]) : [[name, value]],
  );
}

/** Returns the names and values that are set: not undefined or null. */
export function entriesOf(values: object): [string, unknown][] {
  return Object.entries(values).filter(([, value]) => isSet(value));
}

const isSet = (value: unknown) => value !== undefined && value !== null;

/** Returns 128 random bits in hexadecimal. `crypto.randomUUID` does not exist in pages without TLS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
