import { AppError, namedError } from '../errors/app-error.js';
import { ValidationFailed, type FieldError } from '../errors/validation-failed.js';

export const badKey = namedError(400, () => 'Idempotency-Key must be 1 to 255 visible ASCII characters');
export const inFlight = namedError(409, () => 'The first request with this Idempotency-Key is still in progress');

export function stillInFlight(): AppError {
  return new AppError(inFlight.example, inFlight.status, { 'Retry-After': '1' });
}

export function usedFor(key: string): FieldError {
  const msg = 'The key was used for another request';
  return { type: 'idempotency_key_reused', loc: ['header', 'Idempotency-Key'], msg, input: key };
}

export const anotherRequest = (key: string) => new ValidationFailed([usedFor(key)]);
