import { MAX_ID } from '../kernel/database/ids.js';
import { AccessScope } from './access-token.entity.js';

// Validates the header and claims of JWTs.

/** The claims of a token whose signature is valid. Their types are not validated yet. */
export interface Claims {
  readonly sub?: unknown;
  readonly sid?: unknown;
  readonly jti?: unknown;
  readonly iat?: unknown;
  readonly nbf?: unknown;
  readonly exp?: unknown;
  readonly scope?: unknown;
}

/** The account and session that the claims identify. */
interface Subject {
  readonly id: number;
  readonly session_id: string;
}

/** The `typ` of access tokens (RFC 9068 §2.1), which distinguishes them from other JWTs. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

const MAX_TOKEN_LENGTH = 4096;

/** Earlier releases issued tokens with the type `JWT`. */
const ALLOWED_TYPES: ReadonlySet<unknown> = new Set([undefined, 'JWT', ACCESS_TOKEN_TYPE]);

/** The allowed header fields. Tokens with embedded keys (`jwk`, `jku`, `x5u`) or extensions are refused. */
const ALLOWED_HEADER_FIELDS: ReadonlySet<string> = new Set(['alg', 'typ', 'kid']);

/**
 * Returns the key id (`kid`) in the header of a token; undefined if there is none. False if header or claims are
 * malformed.
 */
export function keyIdOf(token: string): string | undefined | false {
  if (token.length > MAX_TOKEN_LENGTH) return false;
  try {
    const [header, claims] = token.split('.', 2).map((part) => {
      return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown> | null;
    });
    if (!header || !claims) return false;
    const { kid, typ } = header;
    if (!ALLOWED_TYPES.has(typ) || Object.keys(header).some((name) => !ALLOWED_HEADER_FIELDS.has(name))) return false;
    return kid === undefined || typeof kid === 'string' ? kid : false;
  } catch {
    return false;
  }
}

/** The allowed clock difference between servers for `iat` and `nbf` (RFC 7519 §4.1.5). */
const LEEWAY_SECONDS = 5;

/** Whether a time (in seconds) has passed, with leeway. Also true if no time is given. */
const isPast = (time: unknown, now: number) =>
  time === undefined || (typeof time === 'number' && time <= now + LEEWAY_SECONDS);

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Returns the account id in `sub`; undefined if it is not a valid id. */
function accountId(sub: unknown): number | undefined {
  if (typeof sub !== 'string' || !/^[1-9]\d{0,9}$/.test(sub)) return undefined;
  return Number(sub) <= MAX_ID ? Number(sub) : undefined;
}

/**
 * Returns the account and session of the claims; undefined if they are incomplete, malformed, or not valid at `now`
 * (seconds). `exp` has no leeway.
 */
export function subjectOf({ sub, sid, jti, iat, nbf, exp, scope }: Claims, now: number): Subject | undefined {
  const id = accountId(sub);
  if (id === undefined || typeof sid !== 'string' || !UUID.test(sid) || typeof jti !== 'string') return undefined;
  if (typeof exp !== 'number' || exp <= now) return undefined;
  if (scope !== undefined && scope !== AccessScope.write) return undefined; // issued with a restricted scope
  return isPast(iat, now) && isPast(nbf, now) ? { id, session_id: sid } : undefined;
}
