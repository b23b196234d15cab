import { AppError, namedError } from '../kernel/errors/app-error.js';

const CHALLENGE = { 'WWW-Authenticate': 'Bearer' };

/** No bearer token was sent (RFC 6750 §3.1: the bare challenge). */
export const notAuthenticated = () => new AppError('Not authenticated', 401, CHALLENGE);

/** A token was sent and is not good. Which of its parts is at fault is not said. */
export const badCredentials = () =>
  new AppError('Could not validate credentials', 401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });

/** The same words for an unknown account, a wrong password and a disabled account. */
export const wrongPassword = Object.assign(() => new AppError('Incorrect username or password', 401, CHALLENGE), {
  status: 401,
  example: 'Incorrect username or password',
});

/** The password is right, but the account has a second factor: the form needs an `otp` as well. */
export const secondFactorRequired = Object.assign(() => new AppError('Second factor required', 401, CHALLENGE), {
  status: 401,
  example: 'Second factor required',
});

export const badRefreshToken = namedError(400, () => 'The refresh token is not valid');
export const sessionNotFound = namedError(404, (_id: string) => 'Session not found', '42');

const INSUFFICIENT = { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' };

/** The role is not one of those that may (RFC 6750 §3.1). */
export const forbidden = () => new AppError('Not enough permissions', 403, INSUFFICIENT);

/** An access token was sent that may only read, and the request is more than that (RFC 6750 §3.1). */
export const readOnlyToken = () => new AppError('This access token may only read', 403, INSUFFICIENT);

/** Whoever has found an access token must not be able to keep what it opens. */
export const sessionNeeded = () => new AppError('No access token is enough for this: sign in', 403, INSUFFICIENT);
