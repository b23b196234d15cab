import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { Strategy } from 'passport-jwt';
import { EntityManager } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { execute } from '../kernel/database/statement.js';
import type { Caller, UserRole } from '../kernel/http/access.js';
import { MAX_ID } from '../kernel/http/ids.js';
import { AccessScope } from './access-token.entity.js';
import { KeyRing } from './key-ring.js';
import { SeenTokens, type Claims } from './seen-tokens.js';

export const ISSUER = 'aerie';
export const AUDIENCE = 'aerie';
/** The media type of an access token (RFC 9068 §2.1), so that no other token passes for one. */
export const ACCESS_TOKEN = 'at+jwt';

/** The token of `Authorization: Bearer …`: the scheme in any case, spaces around the token; null without one. */
export function bearerToken({ headers: { authorization = '' } }: Request): string | null {
  return /^bearer(?: +([^]*))?$/i.exec(authorization)?.[1]?.trimEnd() ?? null;
}

const MAX_TOKEN_LENGTH = 4096;

/** `JWT` is what tokens were before they had a type of their own. */
const TYPES: ReadonlySet<unknown> = new Set([undefined, 'JWT', ACCESS_TOKEN]);

/** What a header may say. Keys that a token brings along (`jwk`, `jku`, `x5u`) and extensions are refused unread. */
const HEADER: ReadonlySet<string> = new Set(['alg', 'typ', 'kid']);

/** The key id that a token names, if any; false for a token whose header or claims are none. */
function keyIdOf(token: string): string | undefined | false {
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

/** Whether a time that need not be there is no time to come. */
const isPast = (time: unknown, now: number) => time === undefined || (typeof time === 'number' && time <= now);

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The account that the claims name, if it can be one. */
function accountId(sub: unknown): number | undefined {
  if (typeof sub !== 'string' || !/^[1-9]\d{0,9}$/.test(sub)) return undefined;
  return Number(sub) <= MAX_ID ? Number(sub) : undefined;
}

/** The caller in one statement: his account is active and his session goes on. */
const CALLER = `
  select u.role, u.email
  from sessions s join users u on u.id = s.user_id
  where s.id = $1 and u.id = $2 and u.is_active and s.revoked_at is null and s.expires_at > $3`;

@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  readonly seen = new SeenTokens();

  constructor(
    keys: KeyRing,
    private readonly db: EntityManager,
    private readonly clock: Clock,
  ) {
    super({
      jwtFromRequest: bearerToken,
      passReqToCallback: true,
      secretOrKeyProvider: (_request, token: string, done) => {
        const kid = keyIdOf(token);
        const secret = kid === false ? undefined : keys.secretOf(token, kid);
        done(secret === undefined ? 'No key of ours' : null, secret);
      },
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      // times are judged below, by the application's clock
      ignoreExpiration: true,
      jsonWebTokenOptions: { ignoreNotBefore: true },
    });
  }

  /** For passport: the token's signature is good. */
  validate(request: Request, claims: Claims): Promise<Caller | false> {
    this.seen.add(bearerToken(request)!, claims);
    return this.callerOf(claims);
  }

  /** Who the claims speak of, as the database knows him now; false refuses the token. */
  async callerOf(claims: Claims): Promise<Caller | false> {
    const { sub, sid, jti, iat, nbf, exp, scope } = claims;
    const now = this.clock.now() / 1000;
    const id = accountId(sub);
    if (id === undefined || typeof sid !== 'string' || !UUID.test(sid) || typeof jti !== 'string') return false;
    if (typeof exp !== 'number' || exp <= now) return false;
    if (!isPast(iat, now) || !isPast(nbf, now)) return false;
    if (scope !== undefined && scope !== AccessScope.write) return false; // made for less than all
    const { rows } = await execute(this.db, CALLER, [sid, id, new Date(now * 1000)]);
    const [row] = rows as [UserRole, string][];
    return row ? { id, role: row[0], email: row[1], session_id: sid } : false;
  }
}
