import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { lockAccount } from '../auth/account-transaction.js';
import { Jobs } from '../jobs/jobs.service.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { transaction } from '../kernel/database/transaction.js';
import { TokenPurpose } from '../users/account-token.entity.js';
import { AccountTokens } from '../users/account-tokens.js';
import { Passwords } from '../users/passwords.js';
import { User } from '../users/user.entity.js';
import { badAccountToken } from './accounts.errors.js';
import { PasswordChangedMail, PasswordResetMail } from './accounts.jobs.js';
import { takeBack } from './take-back.js';
import type { PasswordForgotten, PasswordReset } from './password.dto.js';

/** Resets forgotten passwords by mail. */
@Injectable()
export class PasswordResetService {
  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly passwords: Passwords,
    private readonly jobs: Jobs,
    private readonly tokens: AccountTokens,
  ) {}

  /**
   * Queues the mail. Only the job checks whether the account exists, so that the request behaves the same for every
   * address.
   */
  async forgotten({ email }: PasswordForgotten): Promise<void> {
    await transaction(this.users.manager, (tx) => this.jobs.enqueue(tx, PasswordResetMail, { email }));
  }

  /**
   * Sets the password, ends all sessions, deletes all access tokens and voids all other mailed tokens. A second factor
   * stays. Throws badAccountToken, tooManyPasswords, ValidationFailed.
   */
  async reset({ token, new_password }: PasswordReset): Promise<void> {
    const found = await this.tokens.find(token, [TokenPurpose.password_reset]);
    const owner = found && (await this.users.findById(found.user_id));
    if (!found || !owner?.is_active) throw badAccountToken();
    const password_hash = await this.passwords.hashNew(new_password, owner, ['body', 'new_password']);
    await transaction(this.users.manager, async (tx) => {
      const user = await lockAccount(tx, owner.id);
      const now = user?.is_active ? await this.tokens.use(tx, found) : undefined;
      if (!user || !now) throw badAccountToken();
      await this.users.updateOne(user, { password_hash, email_verified_at: user.email_verified_at ?? now });
      await takeBack(tx, user, now);
      await this.jobs.enqueue(tx, PasswordChangedMail, { user_id: user.id });
    });
    await this.passwords.forgive(owner);
  }
}
