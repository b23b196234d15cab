import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { Clock } from '../kernel/clock.js';
import { Config } from '../kernel/config.js';
import { insert } from '../kernel/database/write.js';
import { transaction } from '../kernel/database/transaction.js';
import type { Caller } from '../kernel/http/access.js';
import type { Token } from './auth.dto.js';
import { badRefreshToken } from './auth.errors.js';
import { KeyRing } from './key-ring.js';
import { Session } from './session.entity.js';
import { DAY_MS } from './sessions.service.js';

/** A client that lost the answer to a refresh may use the same token again for this long. */
const GRACE_MS = 10_000;

@Injectable()
export class AuthService {
  private readonly accessSeconds: number;
  private readonly sessionMs: number;
  private readonly idleMs: number;

  constructor(
    private readonly db: EntityManager,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    @Inject(Config) config: Config,
  ) {
    this.accessSeconds = config.values.ACCESS_TOKEN_MINUTES * 60;
    this.sessionMs = config.values.REFRESH_TOKEN_DAYS * DAY_MS;
    this.idleMs = config.values.REFRESH_IDLE_DAYS * DAY_MS;
  }

  /** Begins a session of an account that the transaction has locked. */
  async begin(tx: EntityManager, user_id: number, device: string | null): Promise<Token> {
    const id = randomUUID();
    const now = this.clock.now();
    const times = { last_used_at: new Date(now), expires_at: new Date(now + this.sessionMs) };
    await insert(tx, Session, { id, user_id, device, ...times });
    await audit(tx, { actor_id: user_id, action: 'session.began', subject: `users/${user_id}` });
    return this.tokens(user_id, id, 0);
  }

  /**
   * The next generation of a session's tokens. A token that was used before ends the session, since somebody has stolen
   * it, but for a retry within ten seconds of the last use. Throws badRefreshToken.
   */
  async refresh(token: string): Promise<Token> {
    const opened = this.keys.openRefreshToken(token);
    if (!opened) throw badRefreshToken();
    const tokens = await transaction(this.db, async (tx) => {
      const session = await this.lockSession(tx, opened.session_id);
      if (!session) return undefined;
      const { id, user_id, generation, rotated_at } = session;
      const now = this.clock.now();
      if (opened.generation === generation) {
        await tx.update(Session, id, {
          generation: generation + 1,
          rotated_at: new Date(now),
          last_used_at: new Date(now),
        });
        return this.tokens(user_id, id, generation + 1);
      }
      const retried = opened.generation === generation - 1 && rotated_at && now - rotated_at.getTime() < GRACE_MS;
      if (retried) return this.tokens(user_id, id, generation);
      await this.end(tx, id);
      await audit(tx, { actor_id: user_id, action: 'session.token_reused', subject: `users/${user_id}` });
      return undefined; // thrown below, so that the revocation is committed
    });
    if (!tokens) throw badRefreshToken();
    return tokens;
  }

  /** Ends the caller's session, or that of a refresh token; a token that is none ends nothing (RFC 7009 §2.2). */
  async signOut(caller: Caller, token?: string): Promise<void> {
    const id = token === undefined ? caller.session_id : this.keys.openRefreshToken(token)?.session_id;
    if (id === undefined) return;
    await transaction(this.db, async (tx) => {
      const session = await this.lockSession(tx, id);
      if (!session) return;
      await this.end(tx, id);
      await audit(tx, { actor_id: caller.id, action: 'session.ended', subject: `users/${session.user_id}` });
    });
  }

  private lockSession(tx: EntityManager, id: string): Promise<Session | null> {
    const now = this.clock.now();
    return tx
      .createQueryBuilder(Session, 'session')
      .innerJoin('session.user', 'user', 'user.is_active')
      .where('session.id = :id and session.revoked_at is null and session.expires_at > :now')
      .andWhere('session.last_used_at > :idleSince')
      .setParameters({ id, now: new Date(now), idleSince: new Date(now - this.idleMs) })
      .setLock('pessimistic_write', undefined, ['session'])
      .getOne();
  }

  private async end(tx: EntityManager, id: string): Promise<void> {
    await tx.update(Session, id, { revoked_at: new Date(this.clock.now()) });
  }

  private tokens(user_id: number, session_id: string, generation: number): Token {
    const now = Math.floor(this.clock.now() / 1000);
    const times = { iat: now, nbf: now, exp: now + this.accessSeconds };
    const claims = { ...times, sub: String(user_id), sid: session_id, jti: randomUUID() };
    return {
      access_token: this.keys.sign(claims),
      token_type: 'bearer',
      expires_in: this.accessSeconds,
      refresh_token: this.keys.refreshToken(session_id, generation),
    };
  }
}
