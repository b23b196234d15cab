import { isEmail } from 'class-validator';
import { domainToASCII, domainToUnicode } from 'node:url';

/** The one form of an address, or why it is none. */
export type EmailAddress = { email: string } | { reason: string };

const MAX_LENGTH = 254; // RFC 5321
/** No spelling of an address is longer, and normalising takes the square of the number of marks. */
const MAX_TYPED = 1000;
const INVALID = 'It is not a valid address.';

/** Controls, formats, separators, fillers, what no character is assigned to; a blank that counts as a symbol. */
const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** A mark that would be read as part of the `@` or the dot before it. */
const STRAY_MARK = /(?:^|\.)\p{M}/u;
/** Of ASCII a domain has these; `%`, `/` and the like mean something to Node's parser of hosts. */
const DOMAIN = /^(?:[a-z\d.-]|[^\0-\x7f])+$/i;
/** A label that says it is IDNA's and is not. */
const UNREADABLE_LABEL = /(?:^|\.)xn--/;

/**
 * One mailbox, one form: lower case, NFC, the domain in Unicode (UTS #46, as browsers read it). `validator` judges it, by the
 * limits of RFC 5321, with the domain as mail servers see it. Not taken are quoted local parts, what cannot be seen, and
 * compatibility characters in the local part: a mail server may take them for another mailbox or for the same.
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

/** The form under which a mailbox is looked up and counted; what is no address is in lower case only. */
export function mailboxOf(text: string): string {
  const address = emailAddress(text);
  return 'email' in address ? address.email : text.toLowerCase();
}

function localPart(typed: string): string | undefined {
  const local = typed.normalize('NFC').toLowerCase().normalize('NFC');
  const isPlain = !local.startsWith('"') && local === local.normalize('NFKC');
  return isPlain && !UNSEEN.test(local) && !STRAY_MARK.test(local) ? local : undefined;
}

function domainOf(typed: string): { ascii: string; unicode: string } | undefined {
  if (!DOMAIN.test(typed) || UNSEEN.test(typed)) return undefined;
  const ascii = domainToASCII(typed);
  const unicode = domainToUnicode(ascii);
  const isOne = ascii !== '' && domainToASCII(unicode) === ascii && !UNREADABLE_LABEL.test(unicode);
  return isOne && !UNSEEN.test(unicode) ? { ascii, unicode } : undefined;
}

/** email-validator's words as far as they can be told from the address alone. */
function reasonOf(address: string): string {
  const at = address.lastIndexOf('@');
  if (address.length > MAX_LENGTH) return INVALID;
  if (at < 0) return 'An email address must have an @-sign.';
  if (at === 0) return 'There must be something before the @-sign.';
  if (at === address.length - 1) return 'There must be something after the @-sign.';
  if (!address.includes('.', at)) return 'The part after the @-sign is not valid. It should have a period.';
  return INVALID;
}
