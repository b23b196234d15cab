import { namedError } from '../kernel/errors/app-error.js';

export const userNotFound = namedError(404, (_id: string) => 'User not found', '42');
export const emailTaken = namedError(409, () => 'Email already registered');
export const lastAdmin = namedError(409, () => "The last admin can't be deleted, disabled or demoted");
export const roleForbidden = namedError(403, () => 'Only an admin can assign a role');
/** Password hashing has its own concurrency limit, so that other requests do not wait for it. */
export const tooManyPasswords = namedError(503, () => 'Too many password checks at once, try again');
export const foreignAddress = namedError(403, () => 'Only an admin can send mail to another address');
