import { MAX_NORMALIZED, opaqueString } from '../kernel/validation/text-normalization.js';

/**
 * Returns the form in which passwords are hashed and compared: OpaqueString (RFC 8265), then NFKC. OpaqueString
 * composes accents (NFC), since keyboards encode them differently. NFKC replaces full-width letters, as input methods
 * write them, and ligatures by plain letters. People do not see these differences when they type a password. The rules
 * for new passwords (length, upper case) apply to OpaqueString alone: `ﷺ` is one character there, but eighteen in NFKC.
 */
export function passwordForm(password: string): string {
  return password.length > MAX_NORMALIZED ? password : opaqueString(password).normalize('NFKC');
}
