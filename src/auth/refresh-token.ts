import { createHash, createHmac, randomBytes } from 'node:crypto';

// The format of refresh tokens.

/**
 * The parts of a refresh token: the id of the session, a secret that all tokens of the session share, and a secret of
 * this token.
 */
const PART_BYTES = { session: 16, family: 16, secret: 32 };
const COMMON_BYTES = PART_BYTES.session + PART_BYTES.family;
const TOKEN_BYTES = COMMON_BYTES + PART_BYTES.secret;

/** Creates the first refresh token of a session. It is random and does not depend on the application's keys. */
export function newRefreshToken(session_id: string): string {
  const id = Buffer.from(session_id.replaceAll('-', ''), 'hex');
  return Buffer.concat([id, randomBytes(PART_BYTES.family + PART_BYTES.secret)]).toString('base64url');
}

/** Creates a salt for deriveNextToken. */
export const newSalt = () => randomBytes(32).toString('base64url');

/**
 * Derives the next token from the previous one and a salt. If a client sends the previous token again, the same next
 * token can be derived, although only hashes are stored. The token alone or the salt alone is not enough.
 */
export function deriveNextToken(token: string, salt: string): string {
  const common = Buffer.from(token, 'base64url').subarray(0, COMMON_BYTES);
  return Buffer.concat([common, createHmac('sha256', salt).update(token).digest()]).toString('base64url');
}

/** Returns the hash by which a token is stored. A token has 256 random bits, so the hash needs no salt. */
export const hashRefreshToken = (token: string | Buffer) => createHash('sha256').update(token).digest('base64url');

/** The session id in a token, and the hash of the secret that all tokens of the session share. */
export interface RefreshTokenParts {
  readonly session_id: string;
  readonly family_hash: string;
}

/** Parses a token; undefined if it is malformed. Does not check whether it is valid. */
export function parseRefreshToken(token: string): RefreshTokenParts | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== token) return undefined;
  const hex = bytes.subarray(0, PART_BYTES.session).toString('hex');
  const session_id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { session_id, family_hash: hashRefreshToken(bytes.subarray(PART_BYTES.session, COMMON_BYTES)) };
}
