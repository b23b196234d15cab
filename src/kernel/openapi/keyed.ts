import type { NamedError } from '../errors/app-error.js';
import type { Contract } from '../http/contract.js';
import { badKey, inFlight, usedFor } from '../idempotency/errors.js';
import { MAX_KEY_LENGTH } from '../idempotency/key.js';
import type { FieldError } from '../errors/validation-failed.js';
import type { Parameter } from './operation.js';
import { headerRef } from './response-headers.js';

const EXAMPLE = '8e03978e-40d5-43e8-bc93-6894a57f9324';
const DESCRIPTION =
  'Any text that you use for no other request, e.g. a UUID. Sent again with the same key within 24 hours, the request ' +
  'does nothing and gets the same answer (draft-ietf-httpapi-idempotency-key-header-07).';

/** No example: explorers would fill it in, and nothing would happen any more. */
export function keyParameters({ keyed }: Contract): Parameter[] {
  const schema = { type: 'string', pattern: '^[\\x21-\\x7e]+$', minLength: 1, maxLength: MAX_KEY_LENGTH } as const;
  return keyed ? [{ name: 'Idempotency-Key', in: 'header', required: false, description: DESCRIPTION, schema }] : [];
}

export function keyErrors({ keyed }: Contract): NamedError[] {
  return keyed ? [badKey, inFlight] : [];
}

/** What a 422 says of a key that belongs to another request. */
export function keyMisuse({ keyed }: Contract): FieldError[][] {
  return keyed ? [[usedFor(EXAMPLE)]] : [];
}

export function replayedHeader({ keyed }: Contract): Record<string, object> {
  return keyed ? { 'Idempotency-Replayed': headerRef('Idempotency-Replayed') } : {};
}
