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

export const badRefreshToken = namedError(400, () => 'The refresh token is not valid');
export const forbidden = namedError(403, () => 'Not enough permissions');
