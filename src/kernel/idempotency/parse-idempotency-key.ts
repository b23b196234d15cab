import { invalidKey } from './idempotency.errors.js';

// Parses the Idempotency-Key header.

/**
 * A structured field string (RFC 9651 §3.3.3), as the draft requires, or the same without quotes, as most clients send
 * it.
 */
const KEY_FIELD = /^(?:"((?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"|([\x21\x23-\x7e]+))$/;
/** The maximum length of the field value as sent, also stated in the OpenAPI document. */
export const MAX_KEY_LENGTH = 255;

/** Parses the value of an `Idempotency-Key` header. Throws invalidKey. */
export function parseIdempotencyKey(value: string): string {
  const [, quoted, bare] = (value.length <= MAX_KEY_LENGTH && KEY_FIELD.exec(value)) || [];
  const key = quoted?.replaceAll(/\\(.)/g, '$1') ?? bare;
  if (key === undefined) throw invalidKey();
  return key;
}
