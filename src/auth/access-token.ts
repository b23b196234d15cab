import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

// The format of personal access tokens.

/** The prefix by which secret scanners recognize leaked tokens. */
const PREFIX = 'aerie_pat_';
/** 32 random bytes and a checksum, so that mistyped or invented tokens are refused without a query. */
const TOKEN_FORMAT = /^(aerie_pat_[\w-]{43})([\w-]{6})$/;

/** Creates a random token. */
export function newAccessToken(): string {
  const text = PREFIX + randomBytes(32).toString('base64url');
  return text + checksum(text);
}

/** Whether a bearer token is a personal access token. JWTs never start with the prefix. */
export const isPersonalAccessToken = (token: string) => token.startsWith(PREFIX);

/**
 * Returns the hash by which a token is stored; undefined if its format or checksum is wrong. A token has 256 random
 * bits, so the hash needs no salt.
 */
export function accessTokenHash(token: string): string | undefined {
  const [, text, sum] = TOKEN_FORMAT.exec(token) ?? [];
  if (text === undefined || sum !== checksum(text)) return undefined;
  return createHash('sha256').update(token).digest('base64url');
}

function checksum(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64url');
}
