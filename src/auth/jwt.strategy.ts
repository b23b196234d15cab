import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { Strategy } from 'passport-jwt';
import { EntityManager } from 'typeorm';
import { Clock } from '../kernel/common/clock.js';
import type { Caller } from '../kernel/access/access.js';
import { Config } from '../kernel/config/config.js';
import { keyIdOf, subjectOf, type Claims } from './claims.js';
import { KeyRing } from './key-ring.js';
import { SeenTokens } from './seen-tokens.js';
import { sessionHolder } from './session-holder.js';

export const ISSUER = 'aerie';
export const AUDIENCE = 'aerie';

/** What `Authorization: Bearer` says, the scheme in any case; null without that. */
export function bearerToken({ headers: { authorization = '' } }: Request): string | null {
  const shown = /^bearer(?: +([^]*))?$/i.exec(authorization);
  return shown && (shown[1] ?? '').trimEnd();
}

@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  readonly seen = new SeenTokens();

  constructor(
    keys: KeyRing,
    private readonly db: EntityManager,
    private readonly clock: Clock,
    @Inject(Config) config: Config,
  ) {
    super({
      jwtFromRequest: bearerToken,
      passReqToCallback: true,
      secretOrKeyProvider: (_request, token: string, done) => {
        const secret = keys.secretOf(token, keyIdOf(token));
        done(secret === undefined ? 'No key of ours' : null, secret);
      },
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      // times are judged below, by the application's clock
      ignoreExpiration: true,
      jsonWebTokenOptions: { ignoreNotBefore: true },
    });
    config.onKeysChanged(() => this.seen.clear());
  }

  /** For passport: the token's signature is good. */
  validate(request: Request, claims: Claims): Promise<Caller | false> {
    this.seen.add(bearerToken(request)!, claims);
    return this.callerOf(claims);
  }

  /** Who the claims speak of, as the database knows him now; false refuses the token. */
  async callerOf(claims: Claims): Promise<Caller | false> {
    const now = this.clock.now();
    const subject = subjectOf(claims, now / 1000);
    if (!subject) return false;
    const { id, session_id } = subject;
    const holder = await sessionHolder(this.db, subject, now);
    return holder ? { id, role: holder.role, email: holder.email, session_id } : false;
  }
}
