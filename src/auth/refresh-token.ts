import { createHash, createHmac, randomBytes } from 'node:crypto';

/** A session's id, what all its tokens have in common, and what the newest alone has: all of it random. */
const PARTS = { session: 16, family: 16, secret: 32 };
const COMMON = PARTS.session + PARTS.family;
const LENGTH = COMMON + PARTS.secret;

/** The first refresh token of a session. No key is in it: whoever knows those of the application can make none. */
export function newRefreshToken(session_id: string): string {
  const id = Buffer.from(session_id.replaceAll('-', ''), 'hex');
  return Buffer.concat([id, randomBytes(PARTS.family + PARTS.secret)]).toString('base64url');
}

export const newSalt = () => randomBytes(32).toString('base64url');

/**
 * The next token, of the one before and a salt: whoever comes with that one again can be given the same next, though only
 * hashes are stored. Neither the salt alone nor the token alone tells it.
 */
export function childOf(token: string, salt: string): string {
  const common = Buffer.from(token, 'base64url').subarray(0, COMMON);
  return Buffer.concat([common, createHmac('sha256', salt).update(token).digest()]).toString('base64url');
}

/** What is stored of a token. 256 random bits need no salt. */
export const hashOf = (token: string | Buffer) => createHash('sha256').update(token).digest('base64url');

/** Of which session a token says it is, and the hash of what all tokens of that session have in common. */
export interface RefreshTokenOf {
  readonly session_id: string;
  readonly family_hash: string;
}

/** Reads a token; undefined for what has not its form. That it is good is another matter. */
export function readRefreshToken(token: string): RefreshTokenOf | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== LENGTH || bytes.toString('base64url') !== token) return undefined;
  const hex = bytes.subarray(0, PARTS.session).toString('hex');
  const session_id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { session_id, family_hash: hashOf(bytes.subarray(PARTS.session, COMMON)) };
}
