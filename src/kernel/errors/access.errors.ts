import { AppError } from './app-error.js';

// The 401 and 403 errors of authentication and authorization.

/** Defines a named error with a `WWW-Authenticate` header. */
export function accessError(status: 401 | 403, sentence: string, challenge = 'Bearer') {
  const create = () => new AppError(sentence, status, { 'WWW-Authenticate': challenge });
  return Object.assign(create, { status, example: sentence });
}

const INSUFFICIENT = 'Bearer error="insufficient_scope"';

/** No bearer token was sent (RFC 6750 §3.1: the bare challenge). */
export const notAuthenticated = accessError(401, 'Not authenticated');

/** A token was sent and is not valid. The error does not say why. */
export const badCredentials = accessError(401, 'Could not validate credentials', 'Bearer error="invalid_token"');

/** The caller has none of the roles that the route requires (RFC 6750 §3.1). */
export const forbidden = accessError(403, 'Not enough permissions', INSUFFICIENT);

/** The access token has the scope `read`, and the request writes (RFC 6750 §3.1). */
export const readOnlyToken = accessError(403, 'This access token is read-only', INSUFFICIENT);

/** The route requires a session, so that a stolen personal access token cannot create further credentials. */
export const sessionNeeded = accessError(403, "Personal access tokens can't do this: sign in", INSUFFICIENT);
