import type { NamedError } from '../kernel/errors/app-error.js';
import type { Contract } from '../kernel/http/contract.js';
import { invalidKey, requestInProgress, keyReusedError } from '../kernel/idempotency/idempotency.errors.js';
import { MAX_KEY_LENGTH } from '../kernel/idempotency/parse-idempotency-key.js';
import type { FieldError } from '../kernel/errors/validation-failed.js';
import type { Parameter } from './operation.js';
import { headerRef } from './response-headers.js';

const EXAMPLE = '8e03978e-40d5-43e8-bc93-6894a57f9324';
const DESCRIPTION =
  'A unique value for this request, such as a UUID. If you send the same request with the same key again within 24 ' +
  'hours, it is not executed again, and you get the same response (draft-ietf-httpapi-idempotency-key-header-07). ' +
  'Errors are not stored: after an error, the request is executed again. Another request with the same key is a 422.';

/**
 * Returns the parameter for the key. It has no example: explorers would always send that key, and every request would
 * be replayed.
 */
export function keyParameters({ takesIdempotencyKey }: Contract): Parameter[] {
  const schema = { type: 'string', pattern: '^[\\x21-\\x7e]+$', minLength: 1, maxLength: MAX_KEY_LENGTH } as const;
  return takesIdempotencyKey
    ? [{ name: 'Idempotency-Key', in: 'header', required: false, description: DESCRIPTION, schema }]
    : [];
}

export function keyErrors({ takesIdempotencyKey }: Contract): NamedError[] {
  return takesIdempotencyKey ? [invalidKey, requestInProgress] : [];
}

/** Returns the errors of a 422 for a key that belongs to another request. */
export function keyMisuse({ takesIdempotencyKey }: Contract): FieldError[][] {
  return takesIdempotencyKey ? [[keyReusedError(EXAMPLE)]] : [];
}

export function replayedHeader({ takesIdempotencyKey }: Contract): Record<string, object> {
  return takesIdempotencyKey ? { 'Idempotency-Replayed': headerRef('Idempotency-Replayed') } : {};
}
