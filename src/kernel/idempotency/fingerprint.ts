import { createHmac, hkdfSync } from 'node:crypto';
import { canonical } from './canonical.js';

/** What of a request makes it the same one: what was understood of it, not how it was written. */
export interface Fingerprinted {
  /** The checked inputs, in the order of the contract. */
  readonly inputs: readonly unknown[];
  /** Of the path, as sent: what no input takes. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The caller's, as it is now: an answer that another one was allowed to see is not given again. */
  readonly role: string | undefined;
  /** Whether null in a field of an input says the same as no such field. */
  readonly nullIsAbsent?: boolean;
}

/** What made a request the same one when keys were first stored. */
export interface Sent {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: Buffer | undefined;
  readonly role: string | undefined;
}

/**
 * Keys for fingerprints, one for each secret. They need some, since a body may hold a password: whoever read a plain
 * SHA-256 of it could try passwords on it, a billion a second.
 */
export function fingerprintKeys(secrets: readonly string[]): Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'aerie:idempotency-fingerprint', 32)));
}

/** HMAC-SHA256 of role, path and checked inputs. Method and path template are in the key's row. */
export function fingerprint(key: Buffer, { inputs, params, role = '', nullIsAbsent }: Fingerprinted): Buffer {
  const meaning = canonical({ inputs, params }, { nullIsAbsent });
  return createHmac('sha256', key).update(`understood\n${role}\n`).update(meaning).digest();
}

/**
 * HMAC-SHA256 of role, method, path and query, content type and raw body: the fingerprint of rows from before a request was
 * compared by its meaning. A retry that was under way during the upgrade still gets its answer.
 */
export function fingerprintOfBytes(key: Buffer, { method, url, contentType = '', body, role = '' }: Sent): Buffer {
  const hash = createHmac('sha256', key).update(`${role}\n${method}\n${url}\n${contentType}\n`);
  return (body === undefined ? hash : hash.update(body)).digest();
}
