import type { StreamableFile } from '@nestjs/common';
import type { Application, Request, Response } from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';
import { contextOf, type RequestContext } from '../context/request-context.js';
import { entityInJson } from '../database/versioned.js';
import { CACHE_HEADERS, type CachePolicy } from './caching.js';
import { clearDeadline } from './deadline.js';

/**
 * Creates the request and response classes for Node's server (`createServer({ IncomingMessage, ServerResponse })`). The
 * response class adds the standard headers (security, `Vary`, request id, times) when any code writes the head, and
 * throws if a documented route sends what it has not declared. Headers are passed to Node as one flat list, which is
 * much faster than setting them one by one. The classes inherit Express's methods: otherwise Express would change the
 * prototype of each message, which makes it slow to use.
 */
export function createMessageClasses(app: Application, security: HeaderPairs) {
  const standards = standardHeadersByPolicy(security);

  class AerieRequest extends IncomingMessage {}

  class AerieResponse extends ServerResponse {
    /** Node's own: whether this is the last response that `maxRequestsPerSocket` allows. */
    declare readonly maxRequestsOnConnectionReached?: boolean;

    override writeHead(status: number, ...given: unknown[]): this {
      // Node sends `Connection: close`, but would otherwise wait for the client to close the connection
      if (this.maxRequestsOnConnectionReached) this.shouldKeepAlive = false;
      const context = contextOf(this.req);
      if (context === undefined) return super.writeHead(status, ...(given as []));
      assertDeclared(context, status, () => mediaTypeOf(this, given));
      const standard = standards.get(context.cachePolicy)!;
      const headers = completeHeaders(this, context, given, standard);
      clearDeadline(context);
      context.releaseSlot?.();
      if (headers) return super.writeHead(status, headers);
      for (const [name, value] of missingHeaders(standard.byName, this, [])) this.setHeader(name, value);
      return super.writeHead(status, ...(given as []));
    }
  }

  Object.defineProperty(AerieResponse.prototype, SETS_STANDARD_HEADERS, { value: true });
  const messages = app as Application & { request: Request; response: Response };
  messages.request = insertPrototype(AerieRequest.prototype, messages.request);
  const { json } = messages.response;
  const checkedJson = function (this: Response, body?: unknown): Response {
    assertNoEntity(contextOf(this.req), body);
    return json.call(this, body);
  };
  Object.defineProperty(AerieResponse.prototype, 'json', { value: checkedJson, writable: true, configurable: true });
  messages.response = insertPrototype(AerieResponse.prototype, messages.response);
  return { IncomingMessage: AerieRequest, ServerResponse: AerieResponse as typeof ServerResponse };
}

/** Settings that the security headers depend on. */
export interface HeaderSettings {
  readonly production: boolean;
}

/** Headers of every response, unless its route sets them (OWASP REST Security Cheat Sheet). */
const SECURITY: readonly (readonly [string, string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cache-Control', 'no-store'],
];

const HSTS = ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'] as const;

type HeaderPairs = readonly (readonly [string, string])[];

export function securityHeaders({ production }: HeaderSettings): HeaderPairs {
  return production ? [...SECURITY, HSTS] : SECURITY;
}

/** The standard headers for a cache policy, by name and as the flat list that Node takes. */
interface StandardHeaders {
  readonly byName: ReadonlyMap<string, string>;
  readonly flat: readonly string[];
}

function standardHeadersByPolicy(security: HeaderPairs): ReadonlyMap<CachePolicy | undefined, StandardHeaders> {
  const standard = (headers: HeaderPairs): StandardHeaders => {
    const byName = new Map(headers);
    return { byName, flat: [...byName].flat() };
  };
  const kinds = Object.entries(CACHE_HEADERS).map(
    ([policy, own]) => [policy as CachePolicy, standard([...security, VARY, ...own])] as const,
  );
  return new Map<CachePolicy | undefined, StandardHeaders>([[undefined, standard([...security, VARY])], ...kinds]);
}

/** Caches must not serve the CORS headers of one origin to another. */
const VARY = ['Vary', 'Origin'] as const;

/** Marks responses of this class, which add the standard headers themselves. */
const SETS_STANDARD_HEADERS = Symbol('standard headers');

/** Thrown when the handler of a documented route writes to the response itself, bypassing the serializer. */
export class UndeclaredResponseError extends Error {
  override readonly name = 'UndeclaredResponseError';

  constructor(
    what: string,
    private readonly context: RequestContext,
  ) {
    super(what);
  }

  /** Fails the request. For an error thrown in a callback, which no exception filter catches. */
  refuse(): void {
    const { fail, response } = this.context;
    if (fail === undefined || response.headersSent) response.destroy();
    else fail(this);
  }
}

const NONE: readonly string[] = [];

/** Returns all headers as one flat list; undefined if `writeHead` was called with headers in another form. */
function completeHeaders(
  response: ServerResponse,
  context: RequestContext,
  given: unknown[],
  { byName, flat }: StandardHeaders,
): string[] | undefined {
  const [own = []] = given;
  if (given.length > 1 || !Array.isArray(own) || typeof (own[0] ?? '') !== 'string') {
    const more = timeHeaders(context).concat(context.rateLimitHeaders ?? NONE);
    for (const [name, value] of pairs(more)) response.setHeader(name, value);
    return undefined;
  }
  const list = own as string[];
  const setsSome = list.some((word) => byName.has(word)) || response.getHeaderNames().length > 0; // rare
  const others = setsSome ? missingHeaders(byName, response, list).flat() : flat;
  return list.concat(others, timeHeaders(context), context.rateLimitHeaders ?? NONE);
}

/** Makes the class inherit from Express's prototype, which inherits from Node's. */
function insertPrototype<T extends object>(prototype: object, express: T): T {
  return Object.setPrototypeOf(prototype, express) as T;
}

const NO_BODY = new Set([204, 304]);

function assertDeclared(context: RequestContext, status: number, mediaSent: () => string): void {
  const { contract, isDeclared } = context;
  if (contract === undefined || isDeclared || status >= 400) return;
  const { media: declared, mediaOnRequest } = contract.returns;
  if (declared === undefined) {
    const what = `${contract.operationId} sends a response that bypasses its response model`;
    throw new UndeclaredResponseError(`${what}: return the value, or declare @ReturnsMedia`, context);
  }
  const media = NO_BODY.has(status) || isBareRedirect(context.response, status) ? undefined : mediaSent();
  if (media === undefined || media in declared || (mediaOnRequest && media in mediaOnRequest)) return;
  const types = Object.keys(declared).join(' or ');
  const what = `${contract.operationId} sends the media type '${media}', but declares ${types}`;
  throw new UndeclaredResponseError(`${what}: set Content-Type to a type that @ReturnsMedia declares`, context);
}

/**
 * Throws UndeclaredResponseError if a documented route would send a row with all of its columns, some of which may be
 * private: in an error, or as JSON of `@ReturnsMedia`.
 */
export function assertNoEntity(context: RequestContext | undefined, body: unknown): void {
  if (context?.contract === undefined || typeof body !== 'object' || body === null) return;
  const entity = entityInJson(body);
  if (entity === undefined) return;
  const what = `${context.contract.operationId} sends a row of ${entity}, an entity, with all of its columns`;
  throw new UndeclaredResponseError(`${what}: send only the fields that callers may see`, context);
}

/**
 * Throws UndeclaredResponseError for a file of another media type than the route declares. Otherwise `writeHead` would
 * throw it in a callback of the stream, where no exception filter catches it.
 */
export function assertFileDeclared(context: RequestContext, file: StreamableFile, status: number): void {
  assertDeclared(context, status, () =>
    mediaTypeOf(context.response, [
      { 'Content-Type': context.response.getHeader('Content-Type') ?? file.getHeaders().type },
    ]),
  );
}

/** Whether it is the redirect that Express sends to a client that accepts neither text nor HTML: without a body. */
function isBareRedirect(response: ServerResponse, status: number): boolean {
  return status >= 300 && !response.hasHeader('Content-Type') && Number(response.getHeader('Content-Length')) === 0;
}

/** The response's media type without parameters; '' if it has none. */
function mediaTypeOf(response: ServerResponse, given: readonly unknown[]): string {
  const own = given.at(-1);
  const list = Array.isArray(own) ? (own as unknown[]).flat() : Object.entries(own ?? {}).flat();
  const at = list.findIndex((name, i) => i % 2 === 0 && /^content-type$/i.test(String(name)));
  const value = at < 0 ? response.getHeader('Content-Type') : list[at + 1];
  return String(value ?? '')
    .split(';', 1)[0]!
    .trim()
    .toLowerCase();
}

/** Returns the standard headers that the response does not set itself. If it sets `Vary`, adds the standard value. */
function missingHeaders(
  standard: ReadonlyMap<string, string>,
  response: ServerResponse,
  own: readonly string[],
): [string, string][] {
  const headers = [...standard].filter(([name]) => !response.hasHeader(name) && !own.includes(name));
  if (response.hasHeader('Vary')) (response as Response).vary(standard.get('Vary')!);
  return headers;
}

function* pairs(list: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i < list.length; i += 2) yield [list[i]!, list[i + 1]!];
}

/** Whether the response comes from AerieAdapter's server. In a testing module it is Nest's own. */
export const setsStandardHeaders = (response: Response) => SETS_STANDARD_HEADERS in response;

/** Fixes the values of the time headers. Sets them at once on a response of another class. */
export function freezeTimeHeaders(context: RequestContext, response: Response): void {
  context.timeHeaders = timeHeaders(context);
  if (setsStandardHeaders(response) || response.headersSent) return;
  for (const [name, value] of pairs(context.timeHeaders)) response.setHeader(name, value);
}

function timeHeaders(context: RequestContext): string[] {
  if (context.timeHeaders) return context.timeHeaders;
  const ms = performance.now() - context.startedAt;
  return [
    'X-Request-ID',
    context.id,
    'X-Process-Time',
    (ms / 1000).toFixed(6), // a fixed number of decimals, never `5` or `1e-7`
    'Server-Timing',
    `app;dur=${ms.toFixed(1)}, db;dur=${context.database_ms.toFixed(1)}`,
  ];
}
