import { AppError } from './app-error.js';

// The 401 and 403 errors of authentication and authorization.

const CHALLENGE = { 'WWW-Authenticate': 'Bearer' };
const INSUFFICIENT = { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' };

/** Defines a named error with headers. */
function accessError(status: 401 | 403, sentence: string, headers: Readonly<Record<string, string>>) {
  return Object.assign(() => new AppError(sentence, status, headers), { status, example: sentence });
}

/** No bearer token was sent (RFC 6750 §3.1: the bare challenge). */
export const notAuthenticated = accessError(401, 'Not authenticated', CHALLENGE);

/** A token was sent and is not valid. The error does not say why. */
export const badCredentials = accessError(401, 'Could not validate credentials', {
  'WWW-Authenticate': 'Bearer error="invalid_token"',
});

/** The caller has none of the roles that the route asks for (RFC 6750 §3.1). */
export const forbidden = accessError(403, 'Not enough permissions', INSUFFICIENT);

/** The access token has the scope `read`, and the request writes (RFC 6750 §3.1). */
export const readOnlyToken = accessError(403, 'This access token is read-only', INSUFFICIENT);

/** The route requires a session, so that a stolen personal access token cannot create further credentials. */
export const sessionNeeded = accessError(403, "Personal access tokens can't do this: sign in", INSUFFICIENT);

/** The same message for an unknown account, a wrong password and a disabled account. */
export const wrongPassword = accessError(401, 'Incorrect username or password', CHALLENGE);

/** The password is correct, but the account has a second factor: the form also needs an `otp`. */
export const secondFactorRequired = accessError(401, 'Second factor required', CHALLENGE);
