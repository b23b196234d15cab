import { deriveNextToken, hashRefreshToken } from './refresh-token.js';

// Rotation of refresh tokens, with a grace period for lost responses.

/** How long a client that lost the response may send a used refresh token again. */
export const GRACE_MS = 10_000;
/** The maximum number of stored rotations per session. A client that needs more within the grace period has a bug. */
export const MAX_ROTATIONS = 100;

/** The use of a refresh token: its hash, the salt of the next token, and the time (milliseconds since 1970). */
export interface Rotation {
  readonly hash: string;
  readonly salt: string;
  readonly at: number;
}

/** Returns the rotations within the grace period. Lists of rotations are sorted newest first. */
export function withinGracePeriod(rotations: readonly Rotation[], now: number): readonly Rotation[] {
  return rotations.filter(({ at }) => now - at < GRACE_MS).slice(0, MAX_ROTATIONS);
}

/**
 * Derives the newest token of a session from an earlier one. Returns undefined if the earlier token was used before the
 * grace period or never belonged to the session.
 */
export function newestToken(token: string, rotations: readonly Rotation[], now: number): string | undefined {
  const used = hashRefreshToken(token);
  const at = rotations.findIndex(({ hash }) => hash === used);
  if (at < 0 || now - rotations[at]!.at >= GRACE_MS) return undefined;
  return rotations.slice(0, at + 1).reduceRight((one, { salt }) => deriveNextToken(one, salt), token);
}
