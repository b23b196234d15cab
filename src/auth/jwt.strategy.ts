import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { Strategy } from 'passport-jwt';
import { EntityManager } from 'typeorm';
import { Clock } from '../kernel/common/clock.js';
import type { Caller } from '../kernel/access/access.js';
import { Config } from '../config/config.js';
import { keyIdOf, subjectOf, type Claims } from './claims.js';
import { KeyRing } from './key-ring.js';
import { TokenCache } from './token-cache.js';
import { findSessionAccount } from './session-account.js';

// Authenticates requests by the JWT of a session.

export const ISSUER = 'aerie';
export const AUDIENCE = 'aerie';

/** Returns the bearer token of a request (the scheme is case-insensitive), or null. */
export function bearerToken({ headers: { authorization = '' } }: Request): string | null {
  const shown = /^bearer(?: +([^]*))?$/i.exec(authorization);
  return shown && (shown[1] ?? '').trimEnd();
}

/** Passport's strategy for the JWTs of sessions: verifies the signature with the key ring, and returns the claims. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  /**
   * The claims of JWTs whose signature was verified, so that the signature of a token is verified once. It can become
   * invalid only if the keys change. Times, session, account and role are checked for each request.
   */
  readonly verifiedTokens = new TokenCache<Claims>();

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
        const secret = keys.findSecret(token, keyIdOf(token));
        done(secret === undefined ? 'The token is signed with an unknown key' : null, secret);
      },
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      // findCaller checks the times with the application's clock
      ignoreExpiration: true,
      jsonWebTokenOptions: { ignoreNotBefore: true },
    });
    config.onKeysChanged(() => this.verifiedTokens.clear());
  }

  /** Called by passport for a token with a valid signature. */
  validate(request: Request, claims: Claims): Claims {
    this.verifiedTokens.add(bearerToken(request)!, claims);
    return claims;
  }

  /** Returns the account id in the claims without reading the database; undefined if they are not valid now. */
  accountOf(claims: Claims): number | undefined {
    return subjectOf(claims, this.clock.now() / 1000)?.id;
  }

  /** Returns the caller of the claims, read from the database; false if account or session is not active. */
  async findCaller(claims: Claims): Promise<Caller | false> {
    const now = this.clock.now();
    const subject = subjectOf(claims, now / 1000);
    if (!subject) return false;
    const { id, session_id } = subject;
    const holder = await findSessionAccount(this.db, subject, now);
    return holder ? { id, role: holder.role, email: holder.email, session_id } : false;
  }
}
