import type { AnswerHeader } from '../kernel/http/contract.js';
import { PATCH_MEDIA } from '../kernel/http/check-inputs.js';
import type { Schema } from '../kernel/schema/json-schema.js';
import { withBounds } from '../kernel/schema/bounds.js';

/** A header that is always there. */
const header = (description: string, schema: Schema & Record<string, unknown>) => ({
  description,
  required: true,
  schema: withBounds(schema),
});

/** One that is there only in the case that it describes. */
const optional: typeof header = (description, schema) => ({ ...header(description, schema), required: false });

/** Of the request that the examples answer. */
export const REQUEST_ID = '6a5a6182';

/** Response headers, referred to by name. */
export const RESPONSE_HEADERS = {
  'X-Process-Time': header('How long the server took, in seconds.', {
    type: 'number',
    minimum: 0,
    examples: [0.00421],
  }),
  'X-Request-ID': header("Identifies the request in the server's logs. If you send one, it is used.", {
    type: 'string',
    pattern: '^[A-Za-z0-9._-]+$',
    maxLength: 64,
    examples: [REQUEST_ID],
  }),
  'Accept-Patch': header('The media types that this PATCH takes (RFC 5789).', {
    type: 'string',
    enum: [PATCH_MEDIA.join(', ')],
  }),
  'WWW-Authenticate': header('The authentication scheme, and what was wrong with the token (RFC 6750).', {
    type: 'string',
    enum: ['Bearer', 'Bearer error="invalid_token"'],
  }),
  'Retry-After': header('Seconds to wait before trying again.', {
    type: 'integer',
    minimum: 1,
    maximum: 3600,
    examples: [1],
  }),
  ETag: header(
    'Version of the resource, for `If-None-Match` and `If-Match` (RFC 9110). It contains the user if the response depends on them. Weak if the body is compressed; both headers accept it.',
    {
      type: 'string',
      pattern: '^(W/)?"[0-9]+(-[0-9]+)?"$',
      maxLength: 25,
      examples: ['"1"'],
    },
  ),
  'RateLimit-Policy': optional(
    'Number of requests (`q`) allowed per address in a window of `w` seconds (draft-ietf-httpapi-ratelimit-headers-11).',
    {
      type: 'string',
      maxLength: 60,
      examples: ['"credentials";q=30;w=60'],
    },
  ),
  RateLimit: optional('Number of requests left (`r`), and seconds until the window ends (`t`).', {
    type: 'string',
    maxLength: 60,
    examples: ['"credentials";r=29;t=60'],
  }),
  'Idempotency-Replayed': optional('Present if this is the stored response to an earlier request with the same key.', {
    type: 'string',
    enum: ['true'],
  }),
  Link: header('Addresses of other pages: `first`, `prev`, `next` (RFC 8288).', {
    type: 'string',
    examples: ['</users?limit=10&after=10.10>; rel="next"'],
  }),
  'X-Total-Count': optional('Number of rows that match the filters. Only with `count=true`.', {
    type: 'integer',
    minimum: 0,
    examples: [60],
  }),
};

export const headerRef = (name: keyof typeof RESPONSE_HEADERS) => ({ $ref: `#/components/headers/${name}` });
/** What every answer has. */
export const EVERYWHERE = { 'X-Process-Time': headerRef('X-Process-Time'), 'X-Request-ID': headerRef('X-Request-ID') };

/** What answers of a limited route have, once the request was counted. */
export const RATE_LIMIT = { 'RateLimit-Policy': headerRef('RateLimit-Policy'), RateLimit: headerRef('RateLimit') };

/** On a 403 where it is a personal access token that is not enough. */
export const INSUFFICIENT_SCOPE = optional('Present if a personal access token may not do this (RFC 6750).', {
  type: 'string',
  enum: ['Bearer error="insufficient_scope"'],
});

/** With a part of a file, or where there is no such part. */
export const CONTENT_RANGE = header('The bytes that were sent, and the size of the file.', {
  type: 'string',
  pattern: '^bytes (?:\\d+-\\d+|\\*)/\\d+$',
  maxLength: 60,
  examples: ['bytes 1048576-3145727/3145728'],
});

/** On a 409 where it is another request with the same key that one has to wait for. */
export const WHILE_IN_FLIGHT = { ...RESPONSE_HEADERS['Retry-After'], required: false };

/** A header that a route declares for its own success. */
export function answerHeader(given: AnswerHeader): object {
  if (typeof given === 'string') return header(given, { type: 'string' });
  const { description, values, required } = given;
  return { ...header(description, { type: 'string', ...(values ? { enum: values } : {}) }), required };
}
