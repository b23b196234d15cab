import { badKey } from './errors.js';

/** A string of RFC 9651 (§3.3.3), as the draft wants it, or the same without quotes, as most clients send it. */
const VALUE = /^(?:"((?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"|([\x21\x23-\x7e]+))$/;
/** Of the value as it is sent: the document says the same. */
export const MAX_KEY_LENGTH = 255;

/** The key that a field's value names. Throws badKey. */
export function parseKey(value: string): string {
  const [, quoted, bare] = (value.length <= MAX_KEY_LENGTH && VALUE.exec(value)) || [];
  const key = quoted?.replaceAll(/\\(.)/g, '$1') ?? bare;
  if (key === undefined) throw badKey();
  return key;
}
