import { isEmail } from 'class-validator';
import { domainToASCII, domainToUnicode } from 'node:url';

// Validates e-mail addresses and converts them to a canonical form.

/** The canonical form of an address, or the reason why it is invalid. */
export type EmailAddress = { email: string } | { reason: string };

const MAX_LENGTH = 254; // RFC 5321
/** Longer than any valid address. The cost of normalizing grows with the square of the number of marks. */
const MAX_TYPED = 1000;
const INVALID = 'It is not a valid address.';

/** Invisible characters: controls, formats, separators, fillers, unassigned code points, and the Braille blank. */
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** A combining mark that would join the `@` or the dot before it. */
const STRAY_MARK = /(?:^|\.)\p{M}/u;
/** The ASCII characters of a domain. Others, such as `%` and `/`, have a meaning in Node's host parser. */
const DOMAIN = /^(?:[a-z\d.-]|[^\0-\x7f])+$/i;
/** A label with the prefix of IDNA that cannot be decoded. */
const UNREADABLE_LABEL = /(?:^|\.)xn--/;

/**
 * The canonical form of a mailbox: lower case, NFC, the domain in Unicode (UTS #46, as browsers read it). `validator`
 * checks it with the domain in ASCII, by the limits of RFC 5321. Quoted local parts, invisible characters and
 * compatibility characters in the local part are refused: mail servers disagree on which mailbox they name.
 */
export function emailAddress(text: string, options?: Parameters<typeof isEmail>[1]): EmailAddress {
  if (text.length > MAX_TYPED) return { reason: INVALID };
  const at = text.lastIndexOf('@');
  const local = localPart(text.slice(0, Math.max(at, 0)));
  const domain = domainOf(text.slice(at + 1));
  if (at < 0 || local === undefined || !domain || !isEmail(`${local}@${domain.ascii}`, options)) {
    return { reason: reasonOf(text) };
  }
  return { email: `${local}@${domain.unicode}` };
}

/** The key under which a mailbox is looked up and counted. An invalid address is only put in lower case. */
export function mailboxOf(text: string): string {
  const address = emailAddress(text);
  return 'email' in address ? address.email : text.toLowerCase();
}

function localPart(typed: string): string | undefined {
  const local = typed.normalize('NFC').toLowerCase().normalize('NFC');
  const isPlain = !local.startsWith('"') && local === local.normalize('NFKC');
  return isPlain && !INVISIBLE.test(local) && !STRAY_MARK.test(local) ? local : undefined;
}

function domainOf(typed: string): { ascii: string; unicode: string } | undefined {
  if (!DOMAIN.test(typed) || INVISIBLE.test(typed)) return undefined;
  const ascii = domainToASCII(typed);
  const unicode = domainToUnicode(ascii);
  const isOne = ascii !== '' && domainToASCII(unicode) === ascii && !UNREADABLE_LABEL.test(unicode);
  return isOne && !INVISIBLE.test(unicode) ? { ascii, unicode } : undefined;
}

/** Returns the message of Python's email-validator, as far as the address alone determines it. */
function reasonOf(address: string): string {
  const at = address.lastIndexOf('@');
  if (address.length > MAX_LENGTH) return INVALID;
  if (at < 0) return 'An email address must have an @-sign.';
  if (at === 0) return 'There must be something before the @-sign.';
  if (at === address.length - 1) return 'There must be something after the @-sign.';
  if (!address.includes('.', at)) return 'The part after the @-sign is not valid. It should have a period.';
  return INVALID;
}
