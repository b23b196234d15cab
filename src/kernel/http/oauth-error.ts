import type { Request } from 'express';
import type { FieldError } from '../errors/validation-failed.js';
import { payloadOf } from './body.middleware.js';

/** Those of RFC 6749 §5.2 that a token endpoint without clients of its own has; §4.1.2.1 has the last one. */
export const OAUTH_ERRORS = ['invalid_request', 'invalid_grant', 'unsupported_grant_type', 'temporarily_unavailable'];

type Detail = string | readonly FieldError[];

/**
 * What a client of OAuth 2 reads in an error of a token endpoint, beside `detail`. Undefined where the request is no OAuth
 * client's: FastAPI's form names no grant that is taken, and no client.
 */
export function oauthError(request: Request, status: number, detail: Detail): string | undefined {
  const { form, isJson, isOther, refusal, malformed } = payloadOf(request);
  const isUnreadable = isJson || isOther || refusal !== undefined || malformed !== undefined;
  if (isUnreadable) return request.headers['content-type'] === undefined ? undefined : 'invalid_request';
  const isRefused = typeof detail !== 'string' && detail.some(({ loc }) => loc[1] === 'grant_type');
  if (!form?.['client_id'] && (isRefused || !form?.['grant_type'])) return undefined;
  if (isRefused) return 'unsupported_grant_type';
  return CODES[status];
}

const CODES: Readonly<Record<number, string>> = {
  400: 'invalid_grant',
  401: 'invalid_grant',
  422: 'invalid_request',
  429: 'temporarily_unavailable',
  503: 'temporarily_unavailable',
};
