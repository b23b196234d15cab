import type { Response } from 'express';
import { Counter } from '../kernel/common/instruments.js';
import { contextOf } from '../kernel/context/request-context.js';
import { setsStandardHeaders } from '../kernel/http/message-classes.js';

// Rate limits in response headers (draft-ietf-httpapi-ratelimit-headers-11) and metrics.

const LIMITED = new Counter({
  name: 'aerie_rate_limited_total',
  help: 'Requests and password attempts that a limit has refused, by limit: a name in the RateLimit header, or account.',
  labels: ['limit'],
});

/** A limit of `quota` requests per `seconds`. */
export interface RateLimit {
  readonly name: string;
  readonly quota: number;
  readonly seconds: number;
}

/** Sets the `RateLimit` headers: `left` requests until the window ends in `ms`. */
export function setRateLimit(response: Response, { name, quota, seconds }: RateLimit, left: number, ms: number): void {
  const policy = `"${name}";q=${quota};w=${seconds}`;
  const state = `"${name}";r=${left};t=${Math.max(Math.ceil(ms / 1000), 0)}`;
  const context = contextOf(response.req);
  if (context && setsStandardHeaders(response)) {
    context.rateLimitHeaders = ['RateLimit-Policy', policy, 'RateLimit', state];
  } else response.setHeader('RateLimit-Policy', policy).setHeader('RateLimit', state);
}

/** Counts a request or attempt that a limit has refused. */
export function countOverLimit(limit: string): void {
  LIMITED.add({ limit });
}
