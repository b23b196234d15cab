import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { Strategy } from 'passport-jwt';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { Config } from '../kernel/config.js';
import type { Caller, UserRole } from '../kernel/http/access.js';

export const ISSUER = 'aerie';
export const AUDIENCE = 'aerie';

/** The token of `Authorization: Bearer …`: the scheme in any case, spaces around the token; null without one. */
export function bearerToken({ headers: { authorization = '' } }: Request): string | null {
  return /^bearer(?: +([^]*))?$/i.exec(authorization)?.[1]?.trimEnd() ?? null;
}

interface Claims {
  readonly sub?: unknown;
  readonly sid?: unknown;
  readonly jti?: unknown;
  readonly iat?: unknown;
  readonly nbf?: unknown;
  readonly exp?: unknown;
}

/** A time that a token need not carry, but that must not lie ahead. */
const isPast = (time: unknown, now: number) => time === undefined || (typeof time === 'number' && time <= now);

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The caller in one statement: his account is active and his session goes on. */
const CALLER = `
  select u.id, u.role, u.email, s.id as session_id
  from sessions s join users u on u.id = s.user_id
  where s.id = $1 and u.id = $2 and u.is_active and s.revoked_at is null and s.expires_at > $3`;

@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(
    @Inject(Config) config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {
    super({
      jwtFromRequest: bearerToken,
      secretOrKey: config.values.JWT_SECRET,
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      ignoreExpiration: true, // judged below, by the application's clock
    });
  }

  /** Who the claims speak of, as the database knows him now; false refuses the token. */
  async validate(claims: Claims): Promise<Caller | false> {
    const { sub, sid, jti, iat, nbf, exp } = claims;
    const now = this.clock.now() / 1000;
    const known = typeof sub === 'string' && /^[1-9]\d{0,8}$/.test(sub) && typeof sid === 'string' && UUID.test(sid);
    if (!known || typeof jti !== 'string') return false;
    if (typeof exp !== 'number' || exp <= now) return false;
    if (!isPast(iat, now) || !isPast(nbf, now)) return false;
    const rows: { id: number; role: UserRole; email: string; session_id: string }[] = await this.source.query(CALLER, [
      sid,
      Number(sub),
      new Date(now * 1000),
    ]);
    return rows[0] ?? false;
  }
}
