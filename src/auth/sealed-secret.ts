import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

// Encryption of TOTP secrets (AES-256-GCM).

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Derives an encryption key from each secret. The HKDF label (RFC 5869) makes them independent of other keys derived
 * from the same secret.
 */
export function sealingKeys(secrets: readonly string[]): Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'aerie:totp-secret', 32)));
}

/**
 * Encrypts a text with the first key. The owner's id is the associated data, so that the result is valid for this owner
 * only.
 */
export function sealSecret([key]: readonly Buffer[], owner: number, text: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key!, iv).setAAD(Buffer.from(String(owner)));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Re-encrypts a text with the first key; undefined if it already is encrypted with it, or if no key decrypts it. */
export function resealSecret(keys: readonly Buffer[], owner: number, sealed: string): string | undefined {
  if (openSecret(keys.slice(0, 1), owner, sealed) !== undefined) return undefined;
  const text = openSecret(keys, owner, sealed);
  return text === undefined ? undefined : sealSecret(keys, owner, text);
}

/**
 * Decrypts a text with any of the keys; undefined if no key fits, the data was modified, or it belongs to another
 * owner.
 */
export function openSecret(keys: readonly Buffer[], owner: number, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  for (const key of keys) {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(String(owner))).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      // encrypted with another key
    }
  }
  return undefined;
}
