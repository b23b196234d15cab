import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { audit } from '../audit/audit.js';
import { endSessions } from '../auth/sessions.service.js';
import { Jobs } from '../jobs/jobs.service.js';
import { Clock } from '../kernel/common/clock.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { transaction } from '../kernel/database/transaction.js';
import type { Caller } from '../kernel/access/access.js';
import { voidTokens } from '../users/account-tokens.js';
import { Passwords } from '../users/passwords.js';
import { User } from '../users/user.entity.js';
import { PasswordChangedMail } from './accounts.jobs.js';
import type { PasswordChange } from './password.dto.js';
import { lockProven, provenAccount } from './proven-account.js';

@Injectable()
export class PasswordService {
  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly passwords: Passwords,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /**
   * Changes the caller's password and ends all their other sessions. Access tokens stay valid, since a user who knows
   * the password has not lost control of the account. Throws wrongCurrentPassword, tooManyAttempts, tooManyPasswords,
   * ValidationFailed.
   */
  async change(caller: Caller, { current_password, new_password }: PasswordChange): Promise<void> {
    const proven = await provenAccount(this.users.manager, this.passwords, caller, current_password);
    const password_hash = await this.passwords.hashNew(new_password, proven, ['body', 'new_password']);
    await transaction(this.users.manager, async (tx) => {
      const user = await lockProven(tx, proven);
      const { id } = user;
      const now = new Date(this.clock.now());
      await this.users.updateOne(user, { password_hash });
      await voidTokens(tx, id, now);
      const sessions = await endSessions(tx, id, now, caller.session_id);
      const event = { action: 'user.password_changed', subject: `users/${id}`, details: { sessions } };
      await audit(tx, { actor_id: id, ...event });
      await this.jobs.enqueue(tx, PasswordChangedMail, { user_id: id }, id);
    });
  }
}
