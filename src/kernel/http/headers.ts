import type { Application, Response } from 'express';
import { ServerResponse } from 'node:http';
import { answerBegins } from './deadline.js';
import { exchangeOf, type Exchange } from './exchange.js';

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

export function securityHeaders({ production }: HeaderSettings): readonly (readonly [string, string])[] {
  return production ? [...SECURITY, HSTS] : SECURITY;
}

const plainWriteHead = Reflect.get(ServerResponse.prototype, 'writeHead') as CallableFunction;

/**
 * Puts the standard headers on every answer of this application, whoever writes it: on the response's prototype, where
 * nothing can pass by, and at no cost of a closure per request. With the answer's own, which come as a flat list of names
 * and values, they go to Node at once: that is far cheaper than to set each.
 */
export function answerHeaders(app: Application, settings: HeaderSettings): void {
  const security = securityHeaders(settings);
  const { response } = app as Application & { response: object };
  Object.defineProperty(response, 'writeHead', {
    configurable: true,
    writable: true,
    value(this: Response, status: number, ...rest: unknown[]): ServerResponse {
      const own = rest.at(-1);
      const headers = Array.isArray(own) ? (own as string[]) : [];
      for (const [name, value] of security) {
        if (!this.hasHeader(name) && !headers.includes(name)) headers.push(name, value);
      }
      varyByOrigin(this, headers);
      const exchange = exchangeOf(this.req) as Exchange | undefined;
      if (exchange) {
        answerBegins(exchange);
        stamp(exchange, headers);
      }
      const others = rest.filter((argument) => argument !== headers);
      return Reflect.apply(plainWriteHead, this, [status, ...others, headers]) as ServerResponse;
    },
  });
}

/** Caches must not give one origin's CORS headers to another. */
function varyByOrigin(response: Response, headers: string[]): void {
  const vary = response.getHeader('Vary');
  if (vary === undefined) headers.push('Vary', 'Origin');
  else if (!/\bOrigin\b/i.test(String(vary))) headers.push('Vary', `${String(vary)}, Origin`);
}

function stamp({ id, began, database_ms }: Exchange, headers: string[]): void {
  const ms = performance.now() - began;
  headers.push('X-Request-ID', id, 'X-Process-Time', seconds(ms));
  headers.push('Server-Timing', `app;dur=${ms.toFixed(1)}, db;dur=${database_ms.toFixed(1)}`);
}

/** A float for every parser: never `5` or `1e-7`. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(6);
}
