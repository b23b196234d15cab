import { childOf, hashOf } from './refresh-token.js';

/** A client that lost the answer to a refresh may use the same token again for this long. */
export const GRACE_MS = 10_000;
/** Of one session: a client that refreshes more often than this within the grace time has a bug, not a bad connection. */
export const MAX_ROTATIONS = 100;

/** The use of a refresh token: its hash, what the next token was made of, and when, in milliseconds since 1970. */
export interface Rotation {
  readonly hash: string;
  readonly salt: string;
  readonly at: number;
}

/** Those of which a token may still come again. Newest first, as all lists of rotations. */
export function inGrace(rotations: readonly Rotation[], now: number): readonly Rotation[] {
  return rotations.filter(({ at }) => now - at < GRACE_MS).slice(0, MAX_ROTATIONS);
}

/**
 * The newest token of the session, made anew from an earlier one. Undefined for a token that was used longer ago than the
 * grace time, or never was one of the session.
 */
export function newestFrom(token: string, rotations: readonly Rotation[], now: number): string | undefined {
  const used = hashOf(token);
  const at = rotations.findIndex(({ hash }) => hash === used);
  if (at < 0 || now - rotations[at]!.at >= GRACE_MS) return undefined;
  return rotations.slice(0, at + 1).reduceRight((one, { salt }) => childOf(one, salt), token);
}
