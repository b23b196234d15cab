import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { badCredentials } from '../auth/auth.errors.js';
import { lockAccount } from '../auth/locked-account.js';
import { endSessions } from '../auth/sessions.service.js';
import { Jobs } from '../jobs/jobs.service.js';
import { Clock } from '../kernel/clock.js';
import { read } from '../kernel/database/read.js';
import { transaction } from '../kernel/database/transaction.js';
import { update } from '../kernel/database/write.js';
import type { Caller } from '../kernel/http/access.js';
import { Passwords } from '../users/passwords.js';
import { User } from '../users/user.entity.js';
import { PasswordChangedMail } from './accounts.mails.js';
import { wrongCurrentPassword } from './accounts.errors.js';
import type { PasswordChange } from './password.dto.js';

const account = read(User).where('id = :id');

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
  async change({ id, session_id }: Caller, { current_password, new_password }: PasswordChange): Promise<void> {
    const known = await account.one(this.db, { id });
    if (!known) throw badCredentials(); // deleted since it was let in
    if (!(await this.passwords.isPassword(known, current_password))) throw wrongCurrentPassword();
    const password_hash = await this.passwords.hashNew(new_password, known, ['body', 'new_password']);
    await transaction(this.db, async (tx) => {
      const user = await lockAccount(tx, id);
      if (!user) throw badCredentials();
      if (user.password_hash !== known.password_hash) throw wrongCurrentPassword(); // changed since it was judged
      await update(tx, User, user, { password_hash });
      const sessions = await endSessions(tx, id, new Date(this.clock.now()), session_id);
      const event = { action: 'user.password_changed', subject: `users/${id}`, details: { sessions } };
      await audit(tx, { actor_id: id, ...event });
      await this.jobs.enqueue(tx, PasswordChangedMail, { user_id: id }, id);
    });
  }
}
