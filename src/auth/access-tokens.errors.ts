import { namedError } from '../kernel/errors/app-error.js';

// The errors of /auth/access-tokens.

export const accessTokenNotFound = namedError(404, (_id: string) => 'Access token not found', '42');
