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
import { giveRole } from './give-role.js';
import { ownDeactivation } from './accounts.errors.js';
import type { RoleChange, AccountStatusReason } from './account-status.dto.js';

/** Disables and enables accounts and changes their roles, for admins. */
@Injectable()
export class AccountStatusService {
  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly clock: Clock,
  ) {}

  /**
   * Disables an account. Its sessions end, and its access tokens are refused until it is enabled again. Throws
   * userNotFound, ownDeactivation, lastAdmin.
   */
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

  /** Enables an account again. Its ended sessions stay ended. Throws userNotFound. */
  enable(caller: Caller, id: number, { reason }: AccountStatusReason): Promise<void> {
    return transaction(this.users.manager, async (tx) => {
      const user = await this.locked(tx, caller, id);
      if (user.is_active) return;
      await this.users.updateOne(user, { is_active: true });
      await audit(tx, { actor_id: caller.id, action: 'user.enabled', subject: `users/${id}`, details: { reason } });
    });
  }

  /** Changes the role of an account. Throws userNotFound, lastAdmin. */
  changeRole(caller: Caller, id: number, { role, reason }: RoleChange): Promise<User> {
    return transaction(this.users.manager, async (tx) => {
      const user = await this.locked(tx, caller, id);
      return giveRole(tx, user, role, { actor_id: caller.id, reason });
    });
  }

  /**
   * Locks an account, then checks that the caller's account, role and session have not changed since the request was
   * authenticated. Both can be the same account. Throws userNotFound, badCredentials, forbidden.
   */
  private async locked(tx: EntityManager, caller: Caller, id: number): Promise<User> {
    const user = await lockAccount(tx, id);
    await assertCallerUnchanged(tx, caller, this.clock.now());
    return existing(user, userNotFound, id);
  }
}
