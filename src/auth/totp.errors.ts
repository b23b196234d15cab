import { namedError } from '../kernel/errors/app-error.js';

/** The same words for either, so that a stolen session learns nothing of the password. */
export const wrongProof = namedError(403, () => 'The password or code is wrong');
export const wrongCode = namedError(403, () => 'The code is wrong');
export const totpActive = namedError(409, () => 'A second factor is already active');
export const totpInactive = namedError(409, () => 'No second factor is active');
export const nothingToConfirm = namedError(409, () => 'There is no second factor to confirm');
