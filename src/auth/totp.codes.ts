import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

// TOTP codes and recovery codes.

/** RFC 6238's defaults, which every authenticator app supports. */
const TOTP_OPTIONS = { issuer: 'Aerie', algorithm: 'SHA1', digits: 6, period: 30 };
/** The number of time steps by which a clock may be off (RFC 6238 §5.2). */
const WINDOW = 1;
const RECOVERY_CODES = 10;

/** Creates a secret in base32. */
export const newSecret = () => new Secret({ size: 20 }).base32;

/** Returns the `otpauth:` URI for authenticator apps, usually shown as a QR code. */
export function keyUri(secret: string, email: string): string {
  return new TOTP({ ...TOTP_OPTIONS, label: email, secret }).toString();
}

/** Removes spaces and dashes that the user typed. */
export const normalizeCode = (code: string) => code.replaceAll(/[\s-]/g, '').toLowerCase();

/** Whether the code has the format of an authenticator app's code. Otherwise it may be a recovery code. */
export const isOneTimeCode = (code: string) => /^\d{6}$/.test(code);

/** Returns the time step that the code belongs to; undefined if it is not valid at `now` (milliseconds since 1970). */
export function matchingTimeStep(secret: string, code: string, now: number): number | undefined {
  const delta = TOTP.validate({
    ...TOTP_OPTIONS,
    token: code,
    secret: Secret.fromBase32(secret),
    timestamp: now,
    window: WINDOW,
  });
  return delta === null ? undefined : TOTP.counter({ ...TOTP_OPTIONS, timestamp: now }) + delta;
}

/** Creates recovery codes. They have 120 random bits, so an unsalted hash suffices (NIST SP 800-63B §3.1.2.2). */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const code = new Secret({ buffer: new Uint8Array(randomBytes(15)).buffer }).base32.toLowerCase();
    return code.match(/.{6}/g)!.join('-');
  });
}

/** Returns the hash by which a recovery code is stored. */
export const hashRecoveryCode = (code: string) => createHash('sha256').update(normalizeCode(code)).digest('base64url');
