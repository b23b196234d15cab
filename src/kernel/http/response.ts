import type { Application, Request, Response } from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';
import { contextOf, type RequestContext } from '../context/request-context.js';
import { CACHE_HEADERS, type CachePolicy } from './caching.js';
import { answerBegins } from './deadline.js';

/**
 * Makes the request and response classes for the options of Node's server. Their responses add the standard headers (security,
 * `Vary`, id, time) as the head is written, whoever writes it, and refuse what a documented route has not declared. The headers
 * go to Node as one flat list of names and values, which is far cheaper than one by one. The classes have Express's methods
 * from the start: Express would change the prototype of each message without them, which makes every later use of it slower.
 */
export function messageClasses(app: Application, security: Headers) {
  const standards = standardHeaders(security);

  class AerieRequest extends IncomingMessage {}

  class AerieResponse extends ServerResponse {
    /** Node's own: whether this is the last response that `maxRequestsPerSocket` allows. */
    declare readonly maxRequestsOnConnectionReached?: boolean;

    override writeHead(status: number, ...given: unknown[]): this {
      if (this.maxRequestsOnConnectionReached) this.shouldKeepAlive = false; // Node sends `Connection: close`, but would wait for the client to close
      const context = contextOf(this.req);
      if (context === undefined) return super.writeHead(status, ...(given as []));
      assertDeclared(context, status, () => mediaOf(this, given));
      const standard = standards.get(context.cachePolicy)!;
      const headers = headersOf(this, context, given, standard);
      answerBegins(context);
      context.leave?.();
      if (headers) return super.writeHead(status, headers);
      for (const [name, value] of missing(standard.byName, this, [])) this.setHeader(name, value);
      return super.writeHead(status, ...(given as []));
    }
  }

  Object.defineProperty(AerieResponse.prototype, SETS_STANDARD_HEADERS, { value: true });
  const messages = app as Application & { request: Request; response: Response };
  messages.request = inherit(AerieRequest.prototype, messages.request);
  messages.response = inherit(AerieResponse.prototype, messages.response);
  return { IncomingMessage: AerieRequest, ServerResponse: AerieResponse as typeof ServerResponse };
}

export interface HeaderSettings {
  readonly production: boolean;
}

/** Headers of every response, unless its route sets them. OWASP REST security cheat sheet. */
const SECURITY: readonly (readonly [string, string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cache-Control', 'no-store'],
];

const HSTS = ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'] as const;

type Headers = readonly (readonly [string, string])[];

export function securityHeaders({ production }: HeaderSettings): Headers {
  return production ? [...SECURITY, HSTS] : SECURITY;
}

/** The headers that all responses of a kind have, by name and as the flat list that Node takes. */
interface Standard {
  readonly byName: ReadonlyMap<string, string>;
  readonly flat: readonly string[];
}

function standardHeaders(security: Headers): ReadonlyMap<CachePolicy | undefined, Standard> {
  const standard = (headers: Headers): Standard => {
    const byName = new Map(headers);
    return { byName, flat: [...byName].flat() };
  };
  const kinds = Object.entries(CACHE_HEADERS).map(
    ([policy, own]) => [policy as CachePolicy, standard([...security, VARY, ...own])] as const,
  );
  return new Map<CachePolicy | undefined, Standard>([[undefined, standard([...security, VARY])], ...kinds]);
}

/** Caches must not give the CORS headers for one origin to another. */
const VARY = ['Vary', 'Origin'] as const;

/** Marks responses that add the standard headers themselves. */
const SETS_STANDARD_HEADERS = Symbol('standard headers');

/** A documented route was about to answer without its serializer: its handler has written to the response itself. */
export class UndeclaredResponseError extends Error {
  override readonly name = 'UndeclaredResponseError';

  constructor(
    what: string,
    private readonly context: RequestContext,
  ) {
    super(what);
  }

  /** Fails the request. For an error that a callback has thrown, which no filter catches. */
  refuse(): void {
    const { fail, response } = this.context;
    if (fail === undefined || response.headersSent) response.destroy();
    else fail(this);
  }
}

/** All headers as one flat list; undefined if `writeHead` was called with headers in another form. */
function headersOf(
  response: ServerResponse,
  context: RequestContext,
  given: unknown[],
  { byName, flat }: Standard,
): string[] | undefined {
  const [own = []] = given;
  if (given.length > 1 || !Array.isArray(own) || typeof (own[0] ?? '') !== 'string') {
    for (const [name, value] of pairs(timeHeaders(context))) response.setHeader(name, value);
    return undefined;
  }
  const list = own as string[];
  const setsSome = list.some((word) => byName.has(word)) || response.getHeaderNames().length > 0; // which is rare
  const others = setsSome ? missing(byName, response, list).flat() : flat;
  return list.concat(others, timeHeaders(context));
}

/** Puts Express's methods between the class and Node's own. */
function inherit<T extends object>(prototype: object, express: T): T {
  return Object.setPrototypeOf(prototype, express) as T;
}

const NO_BODY = new Set([204, 304]);

function assertDeclared(context: RequestContext, status: number, mediaSent: () => string): void {
  const { contract, isDeclared } = context;
  if (contract === undefined || isDeclared || status >= 400) return;
  const { media: declared, onRequest } = contract.returns;
  if (declared === undefined) {
    const what = `${contract.operationId} writes its answer past its response model`;
    throw new UndeclaredResponseError(`${what}: return it, or declare @ReturnsMedia`, context);
  }
  const media = NO_BODY.has(status) ? undefined : mediaSent();
  if (media === undefined || media in declared || (onRequest && media in onRequest)) return;
  const types = Object.keys(declared).join(' or ');
  const what = `${contract.operationId} answers with the media type '${media}', but declares ${types}`;
  throw new UndeclaredResponseError(`${what}: set Content-Type to what @ReturnsMedia says`, context);
}

/** The media type without parameters; '' for a response without one. */
function mediaOf(response: ServerResponse, given: readonly unknown[]): string {
  const own = given.at(-1);
  const list = Array.isArray(own) ? (own as unknown[]).flat() : Object.entries(own ?? {}).flat();
  const at = list.findIndex((name, i) => i % 2 === 0 && /^content-type$/i.test(String(name)));
  const value = at < 0 ? response.getHeader('Content-Type') : list[at + 1];
  return String(value ?? '')
    .split(';', 1)[0]!
    .trim()
    .toLowerCase();
}

/** The standard headers that the response does not set itself. */
function missing(
  standard: ReadonlyMap<string, string>,
  response: ServerResponse,
  own: readonly string[],
): [string, string][] {
  const headers = [...standard].filter(([name]) => !response.hasHeader(name) && !own.includes(name));
  const vary = response.getHeader('Vary');
  if (vary !== undefined) headers.push(['Vary', bothOf(String(vary), standard.get('Vary')!)]);
  return headers;
}

/** What middleware has said that the answer depends on, and what it depends on by its kind. */
function bothOf(said: string, vary: string): string {
  const names = said.split(',').map((name) => name.trim());
  const known = new Set(names.map((name) => name.toLowerCase()));
  return names.concat(vary.split(', ').filter((name) => !known.has(name.toLowerCase()))).join(', ');
}

function* pairs(list: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i < list.length; i += 2) yield [list[i]!, list[i + 1]!];
}

/** Whether the server is that of AerieAdapter: a testing module has Nest's own. */
export const setsStandardHeaders = (response: Response) => SETS_STANDARD_HEADERS in response;

/** Stops the clock of the time headers. On a response of another class they are set at once. */
export function stampTime(context: RequestContext, response: Response): void {
  context.time = timeHeaders(context);
  if (setsStandardHeaders(response) || response.headersSent) return;
  for (const [name, value] of pairs(context.time)) response.setHeader(name, value);
}

function timeHeaders(context: RequestContext): string[] {
  if (context.time) return context.time;
  const ms = performance.now() - context.startedAt;
  return [
    'X-Request-ID',
    context.id,
    'X-Process-Time',
    seconds(ms),
    'Server-Timing',
    `app;dur=${ms.toFixed(1)}, db;dur=${context.database_ms.toFixed(1)}`,
  ];
}

/** In a form that every parser reads as a float: never `5` or `1e-7`. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(6);
}
