import { payloadOf } from '../kernel/http/body.middleware.js';
import type { ErrorCode } from '../kernel/http/contract.js';
import type { OAuthErrorCode } from '../openapi/error-schemas.js';

/**
 * Returns the error code of the token endpoint for OAuth 2 clients (RFC 6749); undefined if the request is not from
 * one.
 */
export const oauthErrorCode: ErrorCode = (request, status, detail): OAuthErrorCode | undefined => {
  const { form = {}, isJson, hasOtherMediaType, refusal, malformed } = payloadOf(request);
  const isUnreadable = isJson || hasOtherMediaType || refusal !== undefined || malformed !== undefined;
  if (isUnreadable) return request.headers['content-type'] === undefined ? undefined : 'invalid_request';
  const isUnsupported =
    typeof detail !== 'string' && detail.some(({ loc, type }) => loc[1] === 'grant_type' && type !== 'value_error');
  if (!isOAuthClient(form, isUnsupported)) return undefined;
  return isUnsupported ? 'unsupported_grant_type' : CODES[status];
};

/** Grants that are not supported: those of RFC 6749, and extension grants, whose names are URIs (§4.5). */
const OTHER_GRANT = /^(?:authorization_code|client_credentials|[a-z][a-z\d+.-]*:.*)$/i;

/** Fields of other grants, and of clients that authenticate without a secret. */
const OF_CLIENTS = ['client_id', 'refresh_token', 'code', 'device_code', 'assertion', 'client_assertion'];

/**
 * Whether the request is from an OAuth 2 client. Otherwise it is FastAPI's form: it has no client id and no supported
 * grant type, or a username with an unsupported grant type. Its errors have FastAPI's format.
 */
function isOAuthClient(form: Readonly<Record<string, string>>, isUnsupported: boolean): boolean {
  if (OF_CLIENTS.some((name) => form[name])) return true;
  const { grant_type, username } = form;
  if (!grant_type) return false;
  return !isUnsupported || (!username && OTHER_GRANT.test(grant_type));
}

const CODES: Readonly<Record<number, OAuthErrorCode>> = {
  400: 'invalid_grant',
  401: 'invalid_grant',
  422: 'invalid_request',
  429: 'temporarily_unavailable',
  503: 'temporarily_unavailable',
};
