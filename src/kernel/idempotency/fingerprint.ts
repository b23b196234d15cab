import { createHmac, hkdfSync } from 'node:crypto';

/** What of a request makes it the same one. */
export interface Fingerprinted {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: Buffer | undefined;
  /** The caller's, as it is now: an answer that another one was allowed to see is not given again. */
  readonly role: string | undefined;
}

/**
 * Keys for fingerprints, one for each secret. They need some, since a body may hold a password: whoever read a plain
 * SHA-256 of it could try passwords on it, a billion a second.
 */
export function fingerprintKeys(secrets: readonly string[]): Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'aerie:idempotency-fingerprint', 32)));
}

/** HMAC-SHA256 of role, method, path and query, content type and raw body. No field of a head has a line break in it. */
export function fingerprint(key: Buffer, { method, url, contentType = '', body, role = '' }: Fingerprinted): Buffer {
  const hash = createHmac('sha256', key).update(`${role}\n${method}\n${url}\n${contentType}\n`);
  return (body === undefined ? hash : hash.update(body)).digest();
}
