import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import type { JobAttempt } from '../jobs/job-attempt.js';
import { Jobs } from '../jobs/jobs.service.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import type { SelectQuery } from '../kernel/database/select-query.js';
import { letter, type Block } from '../mail/letter.js';
import { Mailer } from '../mail/mailer.js';
import { TokenPurpose } from '../users/account-token.entity.js';
import { AccountTokens } from '../users/account-tokens.js';
import { User } from '../users/user.entity.js';
import {
  EmailChangeMail,
  EmailChangeNote,
  PasswordChangedMail,
  PasswordResetMail,
  VerificationMail,
} from './accounts.jobs.js';

interface Letter {
  readonly to: string;
  readonly name: string;
  readonly subject: string;
  readonly blocks: readonly Block[];
  /** The end of the sentence that explains why the mail was sent. */
  readonly because: string;
}

const CHANGE = 'it concerns the security of your Aerie account';

/** Sends the mails about passwords and addresses of accounts. */
@Injectable()
export class AccountMails implements OnModuleInit {
  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly jobs: Jobs,
    private readonly mailer: Mailer,
    private readonly tokens: AccountTokens,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(PasswordChangedMail, ({ user_id }, job) => this.passwordChanged(user_id, job));
    this.jobs.handle(PasswordResetMail, ({ email }, job) => this.passwordReset(email, job));
    this.jobs.handle(VerificationMail, ({ user_id }, job) => this.verification(user_id, job));
    this.jobs.handle(EmailChangeMail, ({ user_id, email }, job) => this.emailChange(user_id, email, job));
    this.jobs.handle(EmailChangeNote, ({ user_id, email }, job) => this.emailChangeNote(user_id, email, job));
  }

  private async passwordChanged(user_id: number, job: JobAttempt): Promise<void> {
    const user = await this.users.findById(user_id);
    if (!user) return;
    const blocks = [
      'The password of your Aerie account was changed. You have to sign in again on your other devices.',
      'If you did not change it, reset it now: request a mail for a forgotten password. The reset ends all sessions and revokes all personal access tokens.',
    ];
    await this.send(job, {
      to: user.email,
      name: user.name,
      subject: 'Your password was changed',
      blocks,
      because: CHANGE,
    });
  }

  private async passwordReset(email: string, job: JobAttempt): Promise<void> {
    const purpose = TokenPurpose.password_reset;
    const issued = await this.issued(
      job,
      () => this.active('email = :email').one({ email }),
      (tx, { id }) => this.tokens.issueLater(tx, job, { user_id: id, purpose, email }),
    );
    if (!issued) return;
    const blocks = [
      'We received a request to reset the password of your Aerie account. The link can be used once, within 30 minutes.',
      ...this.tokens.shown(purpose, issued.token),
    ];
    const because = 'someone requested a new password for the Aerie account with this address';
    await this.send(job, { to: email, name: issued.user.name, subject: 'Reset your password', blocks, because });
  }

  private async verification(user_id: number, job: JobAttempt): Promise<void> {
    const purpose = TokenPurpose.email_verification;
    const issued = await this.issued(
      job,
      () => this.active('id = :user_id').one({ user_id }),
      (tx, { email }) => this.tokens.renew(tx, job.id, { user_id, purpose, email }),
    );
    if (!issued) return;
    const blocks = [
      'Please confirm that this is the e-mail address of your Aerie account. The link can be used once, within 24 hours.',
      ...this.tokens.shown(purpose, issued.token),
    ];
    const { email: to, name } = issued.user;
    const because = 'you asked to confirm the address of your Aerie account';
    await this.send(job, { to, name, subject: 'Confirm your address', blocks, because });
  }

  private async emailChange(user_id: number, email: string, job: JobAttempt): Promise<void> {
    const purpose = TokenPurpose.email_change;
    const issued = await this.issued(
      job,
      () => this.active('id = :user_id').one({ user_id }),
      (tx) => this.tokens.renew(tx, job.id, { user_id, purpose, email }),
    );
    if (!issued) return;
    const blocks = [
      'We received a request to use this e-mail address for an Aerie account. The address of the account changes when you confirm this one. The link can be used once, within 24 hours.',
      ...this.tokens.shown(purpose, issued.token),
    ];
    const because = 'someone wants to use this address for an Aerie account';
    await this.send(job, { to: email, name: issued.user.name, subject: 'Confirm your new address', blocks, because });
  }

  private async emailChangeNote(user_id: number, email: string, job: JobAttempt): Promise<void> {
    const user = await this.users.findById(user_id);
    if (!user) return;
    const blocks = [
      'We received a request to change the e-mail address of your Aerie account. It changes when the new address is confirmed.',
      'If you did not request this, someone else knows your password. Change it now: this also cancels the request.',
    ];
    const subject = 'Your e-mail address is about to change';
    await this.send(job, { to: email, name: user.name, subject, blocks, because: CHANGE });
  }

  /** Locks the account and gets the token for the mail. Returns undefined if there is nothing to send. */
  private issued(
    job: JobAttempt,
    find: () => Promise<User | undefined>,
    issue: (tx: EntityManager, user: User) => Promise<string | undefined>,
  ): Promise<{ user: User; token: string } | undefined> {
    return job.step(async (tx) => {
      const user = await find();
      const token = user && (await issue(tx, user));
      return user && token !== undefined ? { user, token } : undefined;
    });
  }

  /** Selects an active account and locks it, to read the current row. */
  private active(condition: string): SelectQuery<User> {
    return this.users.where('is_active').where(condition).locked('for_no_key_update');
  }

  private async send({ id }: JobAttempt, { to, name, subject, blocks, because }: Letter): Promise<void> {
    const rendered = letter(subject, `Hello ${name},`, ...blocks, { sentBecause: because });
    await this.mailer.send({ id, to, subject, ...rendered });
  }
}
