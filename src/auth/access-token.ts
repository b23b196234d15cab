import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Scanners for leaked secrets know a token by it. */
const PREFIX = 'aerie_pat_';
/** 32 random bytes, then a checksum: what is mistyped or made up needs no look into the database. */
const FORM = /^(aerie_pat_[\w-]{43})([\w-]{6})$/;

export function newAccessToken(): string {
  const text = PREFIX + randomBytes(32).toString('base64url');
  return text + checksum(text);
}

/** Whether it means to be one: no JWT begins like this. */
export const isAccessToken = (token: string) => token.startsWith(PREFIX);

/** What is stored of a token, and found again; undefined for one that was never made. 256 random bits need no salt. */
export function accessTokenHash(token: string): string | undefined {
  const [, text, sum] = FORM.exec(token) ?? [];
  if (text === undefined || sum !== checksum(text)) return undefined;
  return createHash('sha256').update(token).digest('base64url');
}

function checksum(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64url');
}
