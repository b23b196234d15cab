import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** What every authenticator app knows: SHA-1, six digits, thirty seconds (RFC 6238's defaults). */
const FORM = { issuer: 'Aerie', algorithm: 'SHA1', digits: 6, period: 30 };
/** How many steps a clock may be off (RFC 6238 §5.2). */
const WINDOW = 1;
const RECOVERY_CODES = 10;

/** A new secret, in base32. */
export const newSecret = () => new Secret({ size: 20 }).base32;

/** The secret as an authenticator app takes it, e.g. from a QR code. */
export function keyUri(secret: string, email: string): string {
  return new TOTP({ ...FORM, label: email, secret }).toString();
}

/** A code as people type it, without its spaces and dashes. */
export const plain = (code: string) => code.replaceAll(/[\s-]/g, '').toLowerCase();

/** Whether it is a code of an authenticator app; all else may be a recovery code. */
export const isOneTimeCode = (code: string) => /^\d{6}$/.test(code);

/** The time step whose code this is, as far as that is one now; else undefined. */
export function stepOf(secret: string, code: string, now: number): number | undefined {
  const delta = TOTP.validate({
    ...FORM,
    token: code,
    secret: Secret.fromBase32(secret),
    timestamp: now,
    window: WINDOW,
  });
  return delta === null ? undefined : TOTP.counter({ ...FORM, timestamp: now }) + delta;
}

/** New recovery codes. 120 bits each: enough for a plain hash (NIST SP 800-63B §3.1.2.2). */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const code = new Secret({ buffer: new Uint8Array(randomBytes(15)).buffer }).base32.toLowerCase();
    return code.match(/.{6}/g)!.join('-');
  });
}

/** What is stored of a recovery code. */
export const hashOf = (code: string) => createHash('sha256').update(plain(code)).digest('base64url');
