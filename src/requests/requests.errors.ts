import { namedError } from '../kernel/errors/app-error.js';

export const requestNotFound = namedError(
  404,
  (_id: string) => 'Request not found',
  '5f0c6a0e-6a3b-4f0b-9d6e-0d8a1f6b2c3d',
);
