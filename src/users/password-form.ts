import { MAX_NORMALIZED, opaqueString } from '../kernel/validation/text-forms.js';

/**
 * The form of a password that is hashed and compared: OpaqueString (RFC 8265), so that keyboards which compose an accent
 * differently give the same (NFC), and then NFKC: a letter of full width, as an input method writes it, or a ligature is
 * the plain one. Whoever types a password does not see these differences. The rules for new passwords (length, upper
 * case) check OpaqueString alone: `ﷺ` is one character there, but eighteen in NFKC.
 */
export function passwordForm(password: string): string {
  return password.length > MAX_NORMALIZED ? password : opaqueString(password).normalize('NFKC');
}
