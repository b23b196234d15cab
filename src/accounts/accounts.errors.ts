import { namedError } from '../kernel/errors/app-error.js';

/** No 401: the token is good, and a client that took this for a bad one would sign out. */
export const wrongCurrentPassword = namedError(403, () => 'The current password is wrong');
export const ownDeactivation = namedError(409, () => "You can't disable your own account");
/** Also for one that was used, has expired or is not the newest. */
export const badAccountToken = namedError(400, () => 'The token is not valid');
export const alreadyVerified = namedError(409, () => 'The address is already confirmed');
