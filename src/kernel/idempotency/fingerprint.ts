import { createHmac, hkdfSync } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

// Fingerprints: how a retry with the same Idempotency-Key is recognized as the same request.

/** The data by which two requests count as the same: their validated inputs, however they were written. */
export interface FingerprintInput {
  /** The validated inputs, in the order of the contract. */
  readonly inputs: readonly unknown[];
  /** Path parameters that no input declares, as sent. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Other values that the handler takes, as sent; undefined for most handlers, which take none. */
  readonly others?: Readonly<Record<string, unknown>> | undefined;
  /** The caller's current role: after a change of role, a stored response is not replayed. */
  readonly role: string | undefined;
  /** Whether a field that is null counts as absent. */
  readonly nullIsAbsent?: boolean;
}

/** The input of rawFingerprint: the request as sent. */
export interface RawRequest {
  readonly method: string;
  /** The path and query. */
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: Buffer | undefined;
  readonly role: string | undefined;
}

/**
 * Derives an HMAC key from each secret. Fingerprints are keyed because a body may contain a password: with a plain
 * SHA-256 from the database, an attacker could test a billion passwords per second.
 */
export function fingerprintKeys(secrets: readonly string[]): Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'aerie:idempotency-fingerprint', 32)));
}

/** HMAC-SHA256 of role, path parameters, inputs and other values. Method and path template are columns of the key's row. */
export function fingerprint(key: Buffer, given: FingerprintInput): Buffer {
  const { inputs, params, others, role = '', nullIsAbsent } = given;
  const json = canonicalJson({ inputs, params, others }, { nullIsAbsent });
  // the word tells these fingerprints from those of rawFingerprint; they are stored, so it must not change
  return createHmac('sha256', key).update(`understood\n${role}\n`).update(json).digest();
}

/**
 * HMAC-SHA256 of role, method, path and query, content type and raw body: the fingerprint that earlier releases stored.
 * With it, a retry after the upgrade still gets the stored response.
 */
export function rawFingerprint(key: Buffer, { method, url, contentType = '', body, role = '' }: RawRequest): Buffer {
  const hash = createHmac('sha256', key).update(`${role}\n${method}\n${url}\n${contentType}\n`);
  return (body === undefined ? hash : hash.update(body)).digest();
}
