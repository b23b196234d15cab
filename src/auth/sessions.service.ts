import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { Clock } from '../kernel/common/clock.js';
import { Config } from '../config/config.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import type { Page } from '../kernel/database/page.js';
import { execute } from '../kernel/database/statement.js';
import { transaction } from '../kernel/database/transaction.js';
import { ownerOf, type Caller } from '../kernel/access/access.js';
import type { PageQuery } from '../kernel/http/page-query.dto.js';
import { User } from '../users/user.entity.js';
import { userNotFound } from '../users/users.errors.js';
import { sessionNotFound } from './auth.errors.js';
import { Session } from './session.entity.js';
import type { SessionResponse } from './sessions.dto.js';

// Sessions: list and end them.

export const DAY_MS = 86_400_000;

const ACTIVE_SESSION = 'user_id = :user_id and revoked_at is null and expires_at > :now and last_used_at > :idle_since';

const END_ONE = `
  update sessions set revoked_at = $1
  where id = $2 and ($3::integer is null or user_id = $3) and revoked_at is null returning user_id`;
const END_ALL = `
  update sessions set revoked_at = $1
  where user_id = $2 and revoked_at is null and id is distinct from $3::uuid returning id`;

/** Lists and ends sessions. */
@Injectable()
export class SessionsService {
  private readonly idleMs: number;

  constructor(
    @InjectRepository(Session) private readonly sessions: BaseRepository<Session>,
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly clock: Clock,
    @Inject(Config) config: Config,
  ) {
    this.idleMs = config.values.REFRESH_IDLE_DAYS * DAY_MS;
  }

  /** Lists the caller's active sessions, oldest first. */
  async list(caller: Caller, page: PageQuery): Promise<Page<SessionResponse>> {
    const now = this.clock.now();
    const times = { now: new Date(now), idle_since: new Date(now - this.idleMs) };
    const going = this.sessions.where(ACTIVE_SESSION).orderBy('number', 'ASC');
    return (await going.page(page, { user_id: caller.id, ...times })).convert((row) => this.toResponse(row, caller));
  }

  /**
   * Ends one of the caller's sessions, or any for an admin. Throws sessionNotFound, also if the session has already
   * ended.
   */
  end(caller: Caller, id: string): Promise<void> {
    return transaction(this.sessions.manager, async (tx) => {
      const { rows } = await execute(tx, END_ONE, [new Date(this.clock.now()), id, ownerOf(caller)]);
      const [row] = rows as [number][];
      if (!row) throw sessionNotFound(id);
      const details = { session_id: id };
      await audit(tx, { actor_id: caller.id, action: 'session.revoked', subject: `users/${row[0]}`, details });
    });
  }

  /** Ends all sessions of an account. Throws userNotFound. */
  endAll(caller: Caller, user_id: number): Promise<void> {
    return transaction(this.sessions.manager, async (tx) => {
      if (!(await this.users.existsBy({ id: user_id }))) throw userNotFound(String(user_id));
      const details = { sessions: await endSessions(tx, user_id, new Date(this.clock.now())) };
      await audit(tx, { actor_id: caller.id, action: 'sessions.revoked', subject: `users/${user_id}`, details });
    });
  }

  private toResponse({ id, device, created_at, last_used_at, expires_at }: Session, caller: Caller): SessionResponse {
    const idleEnd = last_used_at.getTime() + this.idleMs;
    const end = new Date(Math.min(expires_at.getTime(), idleEnd));
    return { id, device, created_at, last_used_at, expires_at: end, current: id === caller.session_id };
  }
}

/** Ends the sessions of an account except `kept`, and returns their number. The caller writes the audit event. */
export async function endSessions(tx: EntityManager, user_id: number, at: Date, kept?: string): Promise<number> {
  const { rows } = await execute(tx, END_ALL, [at, user_id, kept ?? null]);
  return rows.length;
}
