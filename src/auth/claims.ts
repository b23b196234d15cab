import { MAX_ID } from '../kernel/database/ids.js';
import { AccessScope } from './access-token.entity.js';

/** What a token's signature vouches for; of which type it all is, is not yet known. */
export interface Claims {
  readonly sub?: unknown;
  readonly sid?: unknown;
  readonly jti?: unknown;
  readonly iat?: unknown;
  readonly nbf?: unknown;
  readonly exp?: unknown;
  readonly scope?: unknown;
}

/** The account and the session that claims name. */
interface Subject {
  readonly id: number;
  readonly session_id: string;
}

/** The media type of an access token (RFC 9068 §2.1), so that no other token passes for one. */
export const ACCESS_TOKEN = 'at+jwt';

const MAX_TOKEN_LENGTH = 4096;

/** `JWT` is what tokens were before they had a type of their own. */
const TYPES: ReadonlySet<unknown> = new Set([undefined, 'JWT', ACCESS_TOKEN]);

/** What a header may say. Keys that a token brings along (`jwk`, `jku`, `x5u`) and extensions are refused unread. */
const HEADER: ReadonlySet<string> = new Set(['alg', 'typ', 'kid']);

/** The key id that a token names, if any; false for a token whose header or claims are none. */
export function keyIdOf(token: string): string | undefined | false {
  if (token.length > MAX_TOKEN_LENGTH) return false;
  try {
    const [header, claims] = token.split('.', 2).map((part) => {
      return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown> | null;
    });
    if (!header || !claims) return false;
    const { kid, typ } = header;
    if (!TYPES.has(typ) || Object.keys(header).some((name) => !HEADER.has(name))) return false;
    return kid === undefined || typeof kid === 'string' ? kid : false;
  } catch {
    return false;
  }
}

/** How far the clock of the machine that made a token may be ahead (RFC 7519 §4.1.5). */
const LEEWAY_SECONDS = 5;

/** Whether a time that may be absent has come, by the clock of whichever machine wrote it. */
const isPast = (time: unknown, now: number) =>
  time === undefined || (typeof time === 'number' && time <= now + LEEWAY_SECONDS);

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The account that the claims name, if it can be one. */
function accountId(sub: unknown): number | undefined {
  if (typeof sub !== 'string' || !/^[1-9]\d{0,9}$/.test(sub)) return undefined;
  return Number(sub) <= MAX_ID ? Number(sub) : undefined;
}

/** Whom claims speak of; undefined where they are incomplete, malformed, or not valid now. Expiry has no leeway. */
export function subjectOf({ sub, sid, jti, iat, nbf, exp, scope }: Claims, now: number): Subject | undefined {
  const id = accountId(sub);
  if (id === undefined || typeof sid !== 'string' || !UUID.test(sid) || typeof jti !== 'string') return undefined;
  if (typeof exp !== 'number' || exp <= now) return undefined;
  if (scope !== undefined && scope !== AccessScope.write) return undefined; // made for less than all
  return isPast(iat, now) && isPast(nbf, now) ? { id, session_id: sid } : undefined;
}
