import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Keys for sealing, one for each secret. The label keeps them apart from what else is derived from a secret (RFC 5869). */
export function sealingKeys(secrets: readonly string[]): Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'aerie:totp-secret', 32)));
}

/** Encrypts a text for one owner with the first of the keys. */
export function sealSecret([key]: readonly Buffer[], owner: number, text: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key!, iv).setAAD(Buffer.from(String(owner)));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** What another key than the first has sealed, sealed anew; undefined where the first has, or none of them. */
export function resealed(keys: readonly Buffer[], owner: number, sealed: string): string | undefined {
  if (openSecret(keys.slice(0, 1), owner, sealed) !== undefined) return undefined;
  const text = openSecret(keys, owner, sealed);
  return text === undefined ? undefined : sealSecret(keys, owner, text);
}

/** The text, with whichever key opens it; undefined if none does, if it was changed, or if it is somebody else's. */
export function openSecret(keys: readonly Buffer[], owner: number, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  for (const key of keys) {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(String(owner))).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      // another key's
    }
  }
  return undefined;
}
