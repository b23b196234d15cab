import { namedError } from '../kernel/errors/app-error.js';

// The errors of /auth/totp.

/**
 * The same message for a wrong password and a wrong code, so that a stolen session cannot be used to test passwords.
 */
export const wrongProof = namedError(403, () => 'The password or code is wrong');
export const wrongCode = namedError(403, () => 'The code is wrong');
export const totpActive = namedError(409, () => 'A second factor is already active');
export const totpInactive = namedError(409, () => 'No second factor is active');
export const nothingToConfirm = namedError(409, () => 'There is no second factor to confirm');
