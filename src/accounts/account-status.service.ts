import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { assertCallerUnchanged, lockAccount } from '../auth/account-transaction.js';
import { endSessions } from '../auth/sessions.service.js';
import { Clock } from '../kernel/common/clock.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { transaction } from '../kernel/database/transaction.js';
import type { Caller } from '../kernel/access/access.js';
import { voidTokens } from '../users/account-tokens.js';
import { keepAnAdmin } from '../users/last-admin.js';
import { User } from '../users/user.entity.js';
import { existing } from '../kernel/errors/existing.js';
import { userNotFound } from '../users/users.errors.js';
import { ownDeactivation } from './accounts.errors.js';
import type { RoleChange, AccountStatusReason } from './account-status.dto.js';

/** What admins decide about accounts: whether they may sign in, and their role. */
@Injectable()
export class AccountStatusService {
  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly clock: Clock,
  ) {}

  /** Sessions end for good, access tokens rest. Throws userNotFound, ownDeactivation, lastAdmin. */
  disable(caller: Caller, id: number, { reason }: AccountStatusReason): Promise<void> {
    if (id === caller.id) throw ownDeactivation();
    return transaction(this.users.manager, async (tx) => {
      const user = await this.locked(tx, caller, id);
      if (!user.is_active) return;
      await keepAnAdmin(tx, user);
      await this.users.updateOne(user, { is_active: false });
      const now = new Date(this.clock.now());
      await voidTokens(tx, id, now);
      const sessions = await endSessions(tx, id, now);
      const event = { action: 'user.disabled', subject: `users/${id}`, details: { reason, sessions } };
      await audit(tx, { actor_id: caller.id, ...event });
    });
  }

  /** Throws userNotFound. */
  enable(caller: Caller, id: number, { reason }: AccountStatusReason): Promise<void> {
    return transaction(this.users.manager, async (tx) => {
      const user = await this.locked(tx, caller, id);
      if (user.is_active) return;
      await this.users.updateOne(user, { is_active: true });
      await audit(tx, { actor_id: caller.id, action: 'user.enabled', subject: `users/${id}`, details: { reason } });
    });
  }

  /** Sessions go on: each request asks the database for the role. Throws userNotFound, lastAdmin. */
  changeRole(caller: Caller, id: number, { role, reason }: RoleChange): Promise<User> {
    return transaction(this.users.manager, async (tx) => {
      const user = await this.locked(tx, caller, id);
      if (user.role === role) return user;
      await keepAnAdmin(tx, user);
      const details = { reason, before: { role: user.role }, after: { role } };
      await audit(tx, { actor_id: caller.id, action: 'user.role_changed', subject: `users/${id}`, details });
      return this.users.updateOne(user, { role });
    });
  }

  /** The account; the caller is still who they were when they were let in, also if it is their own. */
  private async locked(tx: EntityManager, caller: Caller, id: number): Promise<User> {
    const user = await lockAccount(tx, id);
    await assertCallerUnchanged(tx, caller, this.clock.now());
    return existing(user, userNotFound, id);
  }
}
