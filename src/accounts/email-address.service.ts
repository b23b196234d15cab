import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { badCredentials } from '../kernel/errors/access.errors.js';
import { lockAccount } from '../auth/account-transaction.js';
import { Jobs } from '../jobs/jobs.service.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { transaction } from '../kernel/database/transaction.js';
import { violatedConstraint } from '../kernel/errors/database-errors.js';
import type { Caller } from '../kernel/access/access.js';
import { TokenPurpose, type AccountToken } from '../users/account-token.entity.js';
import { AccountTokens, voidTokens } from '../users/account-tokens.js';
import { Attempts } from '../users/attempts.js';
import { Passwords } from '../users/passwords.js';
import { User } from '../users/user.entity.js';
import { emailTaken } from '../users/users.errors.js';
import { alreadyVerified, badAccountToken } from './accounts.errors.js';
import { EmailChangeMail, EmailChangeNote, VerificationMail } from './accounts.jobs.js';
import type { EmailChange, EmailToken } from './email-address.dto.js';
import { lockProven, provenAccount } from './proven-account.js';

const { email_verification, email_change } = TokenPurpose;

/** Confirms and changes the e-mail addresses of accounts. */
@Injectable()
export class EmailAddressService {
  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly passwords: Passwords,
    private readonly jobs: Jobs,
    private readonly tokens: AccountTokens,
    private readonly attempts: Attempts,
  ) {}

  /**
   * Queues another mail to confirm the account's address. Returns false if one was sent within the last minute. Throws
   * alreadyVerified; badCredentials if the account was deleted meanwhile.
   */
  sendVerification({ id }: Caller): Promise<boolean> {
    return transaction(this.users.manager, async (tx) => {
      const user = await lockAccount(tx, id);
      if (!user) throw badCredentials(); // deleted since the request was authenticated
      if (user.email_verified_at) throw alreadyVerified();
      const target = { user_id: id, purpose: email_verification, email: user.email };
      return this.queueToken(tx, target, () => this.jobs.enqueue(tx, VerificationMail, { user_id: id }));
    });
  }

  /**
   * Queues a mail with a token to the new address, and a notice to the current one. The address changes only when the
   * new one is confirmed. Returns false if the new address was sent a token within the last minute. Throws
   * wrongCurrentPassword, tooManyAttempts, tooManyPasswords.
   */
  async change(caller: Caller, { email, current_password }: EmailChange): Promise<boolean> {
    const proven = await provenAccount(this.users.manager, this.passwords, caller, current_password);
    return transaction(this.users.manager, async (tx) => {
      const user = await lockProven(tx, proven);
      const { id } = user;
      // the stored token is only the newest one, which can be for another address
      if (!(await this.attempts.countMail(tx, id, email))) return false;
      return this.queueToken(tx, { user_id: id, purpose: email_change, email }, async () => {
        await audit(tx, { actor_id: id, action: 'user.email_change_requested', subject: `users/${id}` });
        await this.jobs.enqueue(tx, EmailChangeNote, { user_id: id, email: user.email });
        return this.jobs.enqueue(tx, EmailChangeMail, { user_id: id, email });
      });
    });
  }

  /**
   * Confirms the address that the token was sent to, and makes it the address of the account. Throws badAccountToken,
   * emailTaken.
   */
  async verify({ token }: EmailToken): Promise<void> {
    const found = await this.tokens.find(token, [email_verification, email_change]);
    if (!found) throw badAccountToken();
    await transaction(this.users.manager, async (tx) => {
      const user = await lockAccount(tx, found.user_id);
      const isMeant = user?.is_active && (found.purpose === email_change || found.email === user.email);
      const now = isMeant ? await this.tokens.use(tx, found) : undefined;
      if (!user || !now) throw badAccountToken();
      await this.moveTo(tx, user, found.email, now);
    });
  }

  /**
   * Queues a mail with a token, unless the address was sent one within the last minute. The token is issued here and
   * not only by the job, so that the next request finds it. The transaction must have locked the account.
   */
  private async queueToken(
    tx: EntityManager,
    target: Pick<AccountToken, 'user_id' | 'purpose' | 'email'>,
    enqueue: () => Promise<string>,
  ): Promise<boolean> {
    if (await this.tokens.isRecent(target)) return false;
    await this.tokens.issue(tx, await enqueue(), target);
    return true;
  }

  private async moveTo(tx: EntityManager, user: User, email: string, email_verified_at: Date): Promise<void> {
    const about = { actor_id: user.id, subject: `users/${user.id}` };
    if (email === user.email) {
      await audit(tx, { ...about, action: 'user.email_verified' });
    } else {
      await voidTokens(tx, user.id, email_verified_at); // they were sent to the previous address
      const details = { before: { email: user.email }, after: { email } };
      await audit(tx, { ...about, action: 'user.email_changed', details });
    }
    try {
      await this.users.updateOne(user, { email, email_verified_at });
    } catch (error) {
      if (violatedConstraint(error) === 'users_email_key') throw emailTaken();
      throw error;
    }
  }
}
