import type { ResponseHeader } from '../kernel/http/contract.js';
import { PATCH_MEDIA } from '../kernel/http/check-inputs.js';
import type { Schema } from '../kernel/schema/json-schema.js';
import { withBounds } from './bounds.js';

/** A header that is always present. */
const header = (description: string, schema: Schema & Record<string, unknown>) => ({
  description,
  required: true,
  schema: withBounds(schema),
});

/** A header that is present only in the described case. */
const optional: typeof header = (description, schema) => ({ ...header(description, schema), required: false });

/** The request id in the examples. */
export const REQUEST_ID = '6a5a6182';

/** Shared response headers by name. */
export const RESPONSE_HEADERS = {
  'X-Process-Time': header('Processing time in seconds.', {
    type: 'number',
    minimum: 0,
    examples: [0.00421],
  }),
  'X-Request-ID': header(
    "Id of the request, also in the server's logs. If the request has a valid `X-Request-ID`, the response has the same.",
    {
      type: 'string',
      pattern: '^[A-Za-z0-9._-]+$',
      maxLength: 64,
      examples: [REQUEST_ID],
    },
  ),
  'Accept-Patch': header('The media types that this PATCH accepts (RFC 5789).', {
    type: 'string',
    enum: [PATCH_MEDIA.join(', ')],
  }),
  'WWW-Authenticate': header('The authentication scheme, and an error code if a token was sent (RFC 6750).', {
    type: 'string',
    enum: ['Bearer', 'Bearer error="invalid_token"'],
  }),
  'Retry-After': header('Seconds to wait before retrying.', {
    type: 'integer',
    minimum: 1,
    maximum: 3600,
    examples: [1],
  }),
  ETag: header(
    'Version of the resource, to send in `If-None-Match` or `If-Match` (RFC 9110). If the response depends on the user, the tag contains their id. If the body is compressed, the tag is weak (`W/`), which both headers accept.',
    {
      type: 'string',
      pattern: '^(W/)?"[0-9]+(-[0-9]+)?"$',
      maxLength: 25,
      examples: ['"1"'],
    },
  ),
  'RateLimit-Policy': optional(
    'Number of requests (`q`) allowed per user or address in a window of `w` seconds (draft-ietf-httpapi-ratelimit-headers-11).',
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
  Link: header('URLs of the `first`, `prev` and `next` page (RFC 8288). A page that does not exist has no link.', {
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
/** The headers of every response. */
export const EVERYWHERE = { 'X-Process-Time': headerRef('X-Process-Time'), 'X-Request-ID': headerRef('X-Request-ID') };

/** The headers of rate-limited routes, present once the request was counted. */
export const RATE_LIMIT = { 'RateLimit-Policy': headerRef('RateLimit-Policy'), RateLimit: headerRef('RateLimit') };

/** The header of a 403, if a personal access token lacks the permission. */
export const INSUFFICIENT_SCOPE = optional('Present if the token does not allow this request (RFC 6750).', {
  type: 'string',
  enum: ['Bearer error="insufficient_scope"'],
});

/** The header of a 206, and of a 416. */
export const CONTENT_RANGE = header('The range of bytes in the response, and the size of the file.', {
  type: 'string',
  pattern: '^bytes (?:\\d+-\\d+|\\*)/\\d+$',
  maxLength: 60,
  examples: ['bytes 1048576-3145727/3145728'],
});

/** The header of a 409, if another request with the same key is still running. */
export const WHILE_IN_FLIGHT = { ...RESPONSE_HEADERS['Retry-After'], required: false };

/** Returns a header that a route declares for its success response. */
export function answerHeader(given: ResponseHeader): object {
  if (typeof given === 'string') return header(given, { type: 'string' });
  const { description, values, required } = given;
  return { ...header(description, { type: 'string', ...(values ? { enum: values } : {}) }), required };
}
