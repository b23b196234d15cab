import { namedError } from '../kernel/errors/app-error.js';

export const userNotFound = namedError(404, (_id: string) => 'User not found', '42');
export const emailTaken = namedError(409, () => 'Email already registered');
export const roleForbidden = namedError(403, () => 'Only an admin may give a role');
export const foreignAddress = namedError(403, () => 'Only an admin may mail another address than his own');
