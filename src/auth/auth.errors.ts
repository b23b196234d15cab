import { namedError } from '../kernel/errors/app-error.js';

// The errors of sessions and refresh tokens.

export const badRefreshToken = namedError(400, () => 'The refresh token is not valid');
export const sessionNotFound = namedError(404, (_id: string) => 'Session not found', '42');
