import { namedError } from '../kernel/errors/app-error.js';

/** Not a 401, since the access token is valid: on a 401 clients would sign out. */
export const wrongCurrentPassword = namedError(403, () => 'The current password is wrong');
export const ownDeactivation = namedError(409, () => "You can't disable your own account");
/** Also for a token that was already used, has expired or was replaced by a newer one. */
export const badAccountToken = namedError(400, () => 'The token is not valid');
export const alreadyVerified = namedError(409, () => 'The address is already confirmed');
