import type { Request } from 'express';
import type { FieldError } from '../errors/validation-failed.js';
import { payloadOf } from './body.middleware.js';

/** Those of RFC 6749 §5.2 that a token endpoint without clients of its own has; §4.1.2.1 has the last one. */
export const OAUTH_ERRORS = ['invalid_request', 'invalid_grant', 'unsupported_grant_type', 'temporarily_unavailable'];

type Detail = string | readonly FieldError[];

/**
 * What a client of OAuth 2 reads in an error of a token endpoint, beside `detail`. Undefined where the request is no OAuth
 * client's.
 */
export function oauthError(request: Request, status: number, detail: Detail): string | undefined {
  const { form = {}, isJson, isOther, refusal, malformed } = payloadOf(request);
  const isUnreadable = isJson || isOther || refusal !== undefined || malformed !== undefined;
  if (isUnreadable) return request.headers['content-type'] === undefined ? undefined : 'invalid_request';
  const isUnsupported =
    typeof detail !== 'string' && detail.some(({ loc, type }) => loc[1] === 'grant_type' && type !== 'value_error');
  if (!isClients(form, isUnsupported)) return undefined;
  return isUnsupported ? 'unsupported_grant_type' : CODES[status];
}

/** Grants that are not taken here: RFC 6749's, and those that others name by an address (§4.5). */
const OTHER_GRANT = /^(?:authorization_code|client_credentials|[a-z][a-z\d+.-]*:.*)$/i;

/** Fields of other grants, and of clients that prove who they are by other means than a secret. */
const OF_CLIENTS = ['client_id', 'refresh_token', 'code', 'device_code', 'assertion', 'client_assertion'];

/**
 * Whether it is the request of an OAuth client. FastAPI's form is none: it names no client and no grant that is taken, or it has
 * a username beside another grant, and its errors are told as FastAPI tells them.
 */
function isClients(form: Readonly<Record<string, string>>, isUnsupported: boolean): boolean {
  if (OF_CLIENTS.some((name) => form[name])) return true;
  const { grant_type, username } = form;
  if (!grant_type) return false;
  return !isUnsupported || (!username && OTHER_GRANT.test(grant_type));
}

const CODES: Readonly<Record<number, string>> = {
  400: 'invalid_grant',
  401: 'invalid_grant',
  422: 'invalid_request',
  429: 'temporarily_unavailable',
  503: 'temporarily_unavailable',
};
