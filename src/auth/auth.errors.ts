import { accessError } from '../kernel/errors/access.errors.js';
import { namedError } from '../kernel/errors/app-error.js';

// The errors of sign-in, sessions and refresh tokens.

/** The same message for an unknown account, a wrong password and a disabled account. */
export const wrongPassword = accessError(401, 'Incorrect username or password');
/** The password is correct, but the account has a second factor: the form also needs an `otp`. */
export const secondFactorRequired = accessError(401, 'Second factor required');

export const badRefreshToken = namedError(400, () => 'The refresh token is not valid');
export const sessionNotFound = namedError(404, (_id: string) => 'Session not found', '42');
