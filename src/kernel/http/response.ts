import type { Application, Request, Response } from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';
import { contextOf, type RequestContext } from '../context/request-context.js';
import { CACHE_HEADERS, type CachePolicy } from './caching.js';
import { answerBegins } from './deadline.js';

export interface HeaderSettings {
  readonly production: boolean;
}

/** What every answer says to browsers, unless its route has said otherwise. OWASP REST security cheat sheet. */
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

/** The headers of every answer of a kind, by name and as the flat list that Node takes. */
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

/** Caches must not give one origin's CORS headers to another. */
const VARY = ['Vary', 'Origin'] as const;

/** Marks responses that put the standard headers on themselves. */
const OURS = Symbol('standard headers');

/** A documented route was about to answer without its serializer: the handler has written to the response itself. */
export class UndeclaredAnswerError extends Error {
  override readonly name = 'UndeclaredAnswerError';

  constructor(
    what: string,
    private readonly context: RequestContext,
  ) {
    super(what);
  }

  /** Fails the request. For an error that came out of a callback, where no filter catches it. */
  refuse(): void {
    const { fail, response } = this.context;
    if (fail === undefined || response.headersSent) response.destroy();
    else fail(this);
  }
}

/**
 * The classes of this application's requests and responses, for the options of Node's server. Express's methods are theirs
 * from the beginning: it changes the prototype of what comes without them, which costs every later use of it. Every answer
 * to a request with a context, whoever writes it, has the standard headers: as a flat list of names and values they go to
 * Node at once, far cheaper than one by one.
 */
export function messageClasses(app: Application, security: Headers) {
  const standards = standardHeaders(security);

  class AerieRequest extends IncomingMessage {}

  class AerieResponse extends ServerResponse {
    /** Node's: whether it is the last one that `maxRequestsPerSocket` allows. */
    declare readonly maxRequestsOnConnectionReached?: boolean;

    override writeHead(status: number, ...given: unknown[]): this {
      if (this.maxRequestsOnConnectionReached) this.shouldKeepAlive = false; // Node says `close`, and leaves that to the client
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

  Object.defineProperty(AerieResponse.prototype, OURS, { value: true });
  const messages = app as Application & { request: Request; response: Response };
  messages.request = inherit(AerieRequest.prototype, messages.request);
  messages.response = inherit(AerieResponse.prototype, messages.response);
  return { IncomingMessage: AerieRequest, ServerResponse: AerieResponse as typeof ServerResponse };
}

/** All headers as one flat list, where `writeHead` was called with such a list or without headers. */
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
  const saysSome = list.some((word) => byName.has(word)) || response.getHeaderNames().length > 0; // which is rare
  const others = saysSome ? missing(byName, response, list).flat() : flat;
  return list.concat(others, timeHeaders(context));
}

/** Express's methods stand between the class and Node's own. */
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
    throw new UndeclaredAnswerError(`${what}: return it, or declare @ReturnsMedia`, context);
  }
  const media = NO_BODY.has(status) ? undefined : mediaSent();
  if (media === undefined || media in declared || (onRequest && media in onRequest)) return;
  const types = Object.keys(declared).join(' or ');
  const what = `${contract.operationId} answers with the media type '${media}', but declares ${types}`;
  throw new UndeclaredAnswerError(`${what}: set Content-Type to what @ReturnsMedia says`, context);
}

/** Without parameters; '' where the answer names none. */
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

/** The standard headers of which the answer says nothing itself. */
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
export const isOurs = (response: Response) => OURS in response;

/** Notes how long the answer took. Where another server class writes it, the headers are set at once. */
export function stampTime(context: RequestContext, response: Response): void {
  context.time = timeHeaders(context);
  if (isOurs(response) || response.headersSent) return;
  for (const [name, value] of pairs(context.time)) response.setHeader(name, value);
}

function timeHeaders(context: RequestContext): string[] {
  if (context.time) return context.time;
  const ms = performance.now() - context.began;
  return [
    'X-Request-ID',
    context.id,
    'X-Process-Time',
    seconds(ms),
    'Server-Timing',
    `app;dur=${ms.toFixed(1)}, db;dur=${context.database_ms.toFixed(1)}`,
  ];
}

/** A float for every parser: never `5` or `1e-7`. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(6);
}
