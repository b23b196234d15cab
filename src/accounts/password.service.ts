import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { endSessions } from '../auth/sessions.service.js';
import { Jobs } from '../jobs/jobs.service.js';
import { Clock } from '../kernel/common/clock.js';
import { transaction } from '../kernel/database/transaction.js';
import { update } from '../kernel/database/write.js';
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
    private readonly db: EntityManager,
    private readonly passwords: Passwords,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends all sessions but the caller's. Access tokens stay: whoever knows the password has not lost control. Throws
   * wrongCurrentPassword, tooManyAttempts, tooManyPasswords, ValidationFailed.
   */
  async change(caller: Caller, { current_password, new_password }: PasswordChange): Promise<void> {
    const proven = await provenAccount(this.db, this.passwords, caller, current_password);
    const password_hash = await this.passwords.hashNew(new_password, proven, ['body', 'new_password']);
    await transaction(this.db, async (tx) => {
      const user = await lockProven(tx, proven);
      const { id } = user;
      const now = new Date(this.clock.now());
      await update(tx, User, user, { password_hash });
      await voidTokens(tx, id, now);
      const sessions = await endSessions(tx, id, now, caller.session_id);
      const event = { action: 'user.password_changed', subject: `users/${id}`, details: { sessions } };
      await audit(tx, { actor_id: id, ...event });
      await this.jobs.enqueue(tx, PasswordChangedMail, { user_id: id }, id);
    });
  }
}
