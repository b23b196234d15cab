import { AppError, namedError } from '../errors/app-error.js';
import { ValidationFailed, type FieldError } from '../errors/validation-failed.js';

// The errors of requests with an Idempotency-Key.

export const invalidKey = namedError(400, () => 'Idempotency-Key must be 1 to 255 visible ASCII characters');
/** For the document; thrown by requestInProgressError() with a `Retry-After`. */
export const requestInProgress = namedError(
  409,
  () => 'The first request with this Idempotency-Key is still in progress',
);

export function requestInProgressError(): AppError {
  return new AppError(requestInProgress.example, requestInProgress.status, { 'Retry-After': '1' });
}

export function keyReusedError(key: string): FieldError {
  const msg = 'The key was used for another request';
  return { type: 'idempotency_key_reused', loc: ['header', 'Idempotency-Key'], msg, input: key };
}

export const keyReused = (key: string) => new ValidationFailed([keyReusedError(key)]);
