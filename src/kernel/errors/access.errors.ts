import { AppError } from './app-error.js';

const CHALLENGE = { 'WWW-Authenticate': 'Bearer' };
const INSUFFICIENT = { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' };

/** An error that carries headers, in the form of a named one. */
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

/** The access token may only read, and the request is more than that (RFC 6750 §3.1). */
export const readOnlyToken = accessError(403, 'This access token is read-only', INSUFFICIENT);

/** A personal access token is not enough: with a stolen one, nobody can create further credentials. */
export const sessionNeeded = accessError(403, "Personal access tokens can't do this: sign in", INSUFFICIENT);

/** The same words for an unknown account, a wrong password and a disabled account. */
export const wrongPassword = accessError(401, 'Incorrect username or password', CHALLENGE);

/** The password is right, but the account has a second factor: the form needs an `otp` as well. */
export const secondFactorRequired = accessError(401, 'Second factor required', CHALLENGE);
