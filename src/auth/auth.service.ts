import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { Clock } from '../kernel/common/clock.js';
import { Config } from '../config/config.js';
import { currentContext } from '../kernel/context/request-context.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { transaction } from '../kernel/database/transaction.js';
import type { Caller } from '../kernel/access/access.js';
import { AccessScope } from './access-token.entity.js';
import type { Token } from './auth.dto.js';
import { badRefreshToken } from './auth.errors.js';
import { KeyRing } from './key-ring.js';
import { commitThenThrow } from './account-transaction.js';
import { deriveNextToken, hashRefreshToken, newRefreshToken, newSalt, parseRefreshToken } from './refresh-token.js';
import { withinGracePeriod, newestToken, type Rotation } from './refresh-token-rotation.js';
import { Session } from './session.entity.js';
import { DAY_MS } from './sessions.service.js';

/** Sessions and their tokens: starts, refreshes and ends them. */
@Injectable()
export class AuthService {
  private readonly accessSeconds: number;
  private readonly sessionMs: number;
  private readonly idleMs: number;

  constructor(
    @InjectRepository(Session) private readonly sessions: BaseRepository<Session>,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    @Inject(Config) config: Config,
  ) {
    this.accessSeconds = config.values.ACCESS_TOKEN_MINUTES * 60;
    this.sessionMs = config.values.REFRESH_TOKEN_DAYS * DAY_MS;
    this.idleMs = config.values.REFRESH_IDLE_DAYS * DAY_MS;
  }

  /** Starts a session and returns its tokens. The transaction must have locked the account. */
  async startSession(tx: EntityManager, user_id: number, device: string | null): Promise<Token> {
    const id = randomUUID();
    const now = this.clock.now();
    const times = { last_used_at: new Date(now), expires_at: new Date(now + this.sessionMs) };
    const token = newRefreshToken(id);
    const { family_hash } = parseRefreshToken(token)!;
    await this.sessions.insertOne({ id, user_id, device, family_hash, token_hash: hashRefreshToken(token), ...times });
    await audit(tx, { actor_id: user_id, action: 'session.began', subject: `users/${user_id}` });
    return this.issueTokens(user_id, id, token);
  }

  /**
   * Exchanges a refresh token for new tokens. For ten seconds after its use, a token returns the newest tokens again,
   * for clients that lost the response. Later reuse ends the session, since the token may have been stolen. Throws
   * badRefreshToken.
   */
  refresh(token: string): Promise<Token> {
    return commitThenThrow(this.sessions.manager, async (tx) => {
      const session = await this.lockSessionOfToken(token);
      if (!session) return badRefreshToken();
      const { id, user_id, token_hash } = session;
      if (hashRefreshToken(token) === token_hash)
        return this.issueTokens(user_id, id, await this.rotate(session, token));
      const newest = newestToken(token, rotationsOf(session), this.clock.now());
      if (newest !== undefined && hashRefreshToken(newest) === token_hash) return this.issueTokens(user_id, id, newest);
      await this.endSession(id);
      await audit(tx, { actor_id: user_id, action: 'session.token_reused', subject: `users/${user_id}` });
      return badRefreshToken();
    });
  }

  /** Ends the session of the caller or of `token`. An invalid token is ignored (RFC 7009 §2.2). */
  async signOut(caller: Caller, token?: string): Promise<void> {
    await transaction(this.sessions.manager, async (tx) => {
      const session = await (token === undefined
        ? this.lockSession(caller.session_id!)
        : this.lockSessionOfToken(token));
      if (!session) return;
      await this.endSession(session.id);
      await audit(tx, { actor_id: caller.id, action: 'session.ended', subject: `users/${session.user_id}` });
    });
  }

  /** Locks and returns the active session that a refresh token belongs to, even if the token is not the newest one. */
  private async lockSessionOfToken(token: string): Promise<Session | undefined> {
    const read = parseRefreshToken(token);
    const session = read && (await this.lockSession(read.session_id));
    return session?.family_hash === read?.family_hash ? (session ?? undefined) : undefined;
  }

  /** Creates the next refresh token of a session and returns it. */
  private async rotate(session: Session, token: string): Promise<string> {
    const { id, token_hash, generation } = session;
    const salt = newSalt();
    const next = deriveNextToken(token, salt);
    const now = new Date(this.clock.now());
    const older_rotations = withinGracePeriod(rotationsOf(session), now.getTime());
    const hashes = { token_hash: hashRefreshToken(next), parent_hash: token_hash, salt, older_rotations };
    await this.sessions.update(id, { ...hashes, generation: generation + 1, rotated_at: now, last_used_at: now });
    return next;
  }

  private lockSession(id: string): Promise<Session | null> {
    const now = this.clock.now();
    return this.sessions
      .createQueryBuilder('session')
      .innerJoin('session.user', 'user', 'user.is_active')
      .where('session.id = :id and session.revoked_at is null and session.expires_at > :now')
      .andWhere('session.last_used_at > :idleSince')
      .setParameters({ id, now: new Date(now), idleSince: new Date(now - this.idleMs) })
      .setLock('pessimistic_write', undefined, ['session'])
      .getOne();
  }

  private async endSession(id: string): Promise<void> {
    await this.sessions.update(id, { revoked_at: new Date(this.clock.now()) });
  }

  private issueTokens(user_id: number, session_id: string, refresh_token: string): Token {
    const context = currentContext();
    if (context) context.account = user_id; // the requests with the tokens see what this one has written
    const now = Math.floor(this.clock.now() / 1000);
    const times = { iat: now, nbf: now, exp: now + this.accessSeconds };
    const claims = { ...times, sub: String(user_id), sid: session_id, jti: randomUUID(), scope: AccessScope.write };
    return {
      access_token: this.keys.sign(claims),
      token_type: 'bearer',
      expires_in: this.accessSeconds,
      refresh_token,
    };
  }
}

/** Returns the session's stored rotations, newest first. */
function rotationsOf({ parent_hash, salt, rotated_at, older_rotations }: Session): readonly Rotation[] {
  if (parent_hash === null || salt === null || rotated_at === null) return [];
  return [{ hash: parent_hash, salt, at: rotated_at.getTime() }, ...older_rotations];
}
