import type { Application, Request, Response } from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';
import { answerBegins } from './deadline.js';
import { contextOf, type RequestContext } from '../context/request-context.js';

export interface HeaderSettings {
  readonly production: boolean;
  /** Trusted reverse proxies in front. */
  readonly trustProxy: number;
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

/** Caches must not give one origin's CORS headers to another. */
const VARY = ['Vary', 'Origin'] as const;

/**
 * The classes of this application's requests and responses. Express's methods are theirs from the beginning: it changes
 * the prototype of what comes without them, which costs every later use of it. And every answer, whoever writes it, has
 * the standard headers: with its own, a flat list of names and values, they go to Node at once, far cheaper than one by one.
 */
export function messageClasses(app: Application, security: Headers) {
  const standard = new Map([...security, VARY]);
  const all = [...standard].flat();

  class AerieRequest extends IncomingMessage {}

  class AerieResponse extends ServerResponse {
    /** Node's: whether it is the last one that `maxRequestsPerSocket` allows. */
    declare readonly maxRequestsOnConnectionReached?: boolean;

    /** `given` is a flat list of names and values. */
    override writeHead(status: number, given?: unknown): this {
      if (this.maxRequestsOnConnectionReached) this.shouldKeepAlive = false; // Node says `close`, and leaves that to the client
      const own = (given ?? []) as string[];
      const saysSome = own.some((word) => standard.has(word)) || this.getHeaderNames().length > 0; // which is rare
      const headers = own.concat(saysSome ? unsaid(standard, this, own) : all);
      const context = contextOf(this.req) as RequestContext | undefined;
      if (context) {
        answerBegins(context);
        stamp(context, headers);
      }
      return super.writeHead(status, headers);
    }
  }

  const messages = app as Application & { request: Request; response: Response };
  messages.request = inherit(AerieRequest.prototype, messages.request);
  messages.response = inherit(AerieResponse.prototype, messages.response);
  return { IncomingMessage: AerieRequest, ServerResponse: AerieResponse as typeof ServerResponse };
}

/** Express's methods stand between the class and Node's own. */
function inherit<T extends object>(prototype: object, express: T): T {
  return Object.setPrototypeOf(prototype, express) as T;
}

/** The standard headers of which the answer says nothing itself. */
function unsaid(standard: ReadonlyMap<string, string>, response: ServerResponse, own: readonly string[]): string[] {
  const headers = [...standard].filter(([name]) => !response.hasHeader(name) && !own.includes(name)).flat();
  const vary = response.getHeader('Vary');
  if (vary !== undefined && !/\bOrigin\b/i.test(String(vary))) headers.push('Vary', `${String(vary)}, Origin`);
  return headers;
}

function stamp({ id, began, database_ms }: RequestContext, headers: string[]): void {
  const ms = performance.now() - began;
  headers.push('X-Request-ID', id, 'X-Process-Time', seconds(ms));
  headers.push('Server-Timing', `app;dur=${ms.toFixed(1)}, db;dur=${database_ms.toFixed(1)}`);
}

/** A float for every parser: never `5` or `1e-7`. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(6);
}
