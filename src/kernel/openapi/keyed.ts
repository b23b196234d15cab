import type { NamedError } from '../errors/app-error.js';
import { badKey, inFlight, usedFor } from '../idempotency/errors.js';
import type { FieldError } from '../errors/validation-failed.js';
import type { Parameter } from './operation.js';
import { headerRef } from './response-headers.js';
import type { Route } from './routes.js';

const METHODS = new Set(['post', 'put', 'patch']);
const EXAMPLE = '8e03978e-40d5-43e8-bc93-6894a57f9324';
const DESCRIPTION =
  'Any text that you use for no other request, e.g. a UUID. Sent again with the same key within 24 hours, the request ' +
  'does nothing and gets the same answer (draft-ietf-httpapi-idempotency-key-header-07).';

/**
 * Tells the routes of one path which of them take idempotency keys: what changes something, in one transaction, and tells
 * no secret. An upload is worked on in many.
 */
export function findKeyed(methods: ReadonlyMap<string, Route>): void {
  for (const [method, { contract }] of methods) {
    const { offline, secret, media } = contract.returns!;
    const uploads = contract.inputs.some(({ from }) => from === 'upload');
    contract.keyed = METHODS.has(method) && !offline && !secret && !uploads && media === undefined;
  }
}

/** No example: explorers would fill it in, and nothing would happen any more. */
export function keyParameters({ contract: { keyed } }: Route): Parameter[] {
  const schema = { type: 'string', pattern: '^[\\x21-\\x7e]+$', minLength: 1, maxLength: 512 } as const;
  return keyed ? [{ name: 'Idempotency-Key', in: 'header', required: false, description: DESCRIPTION, schema }] : [];
}

export function keyErrors({ contract: { keyed } }: Route): NamedError[] {
  return keyed ? [badKey, inFlight] : [];
}

/** What a 422 says of a key that belongs to another request. */
export function keyMisuse({ contract: { keyed } }: Route): FieldError[][] {
  return keyed ? [[usedFor(EXAMPLE)]] : [];
}

export function replayedHeader({ contract: { keyed } }: Route): Record<string, object> {
  return keyed ? { 'Idempotency-Replayed': headerRef('Idempotency-Replayed') } : {};
}
