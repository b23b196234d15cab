import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Job } from '../jobs/job.js';
import { Jobs } from '../jobs/jobs.service.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import type { Read } from '../kernel/database/read.js';
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
}

/** The mails about an account's life. */
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

  private async passwordChanged(user_id: number, job: Job): Promise<void> {
    const user = await this.users.findById(user_id);
    if (!user) return;
    const blocks = [
      'the password of your account at Aerie was changed. Everywhere else you have to sign in again.',
      'Was it not you? Then ask for a new one as if you had forgotten it: that ends every session and revokes every access token.',
    ];
    await this.send(job, { to: user.email, name: user.name, subject: 'Your password was changed', blocks });
  }

  private async passwordReset(email: string, job: Job): Promise<void> {
    const purpose = TokenPurpose.password_reset;
    const issued = await this.issued(job, purpose, () => this.active('email = :email').one({ email }));
    if (!issued) return;
    const blocks = [
      'somebody, you we hope, wants to set a new password for your account at Aerie. This is good once, for half an hour:',
      ...this.tokens.shown(purpose, issued.token),
      'Was it not you? Then there is nothing to do: your password stays as it is.',
    ];
    await this.send(job, { to: email, name: issued.user.name, subject: 'A new password', blocks });
  }

  private async verification(user_id: number, job: Job): Promise<void> {
    const purpose = TokenPurpose.email_verification;
    const issued = await this.issued(job, purpose, () => this.active('id = :user_id').one({ user_id }));
    if (!issued) return;
    const blocks = [
      'please confirm that this is the address of your account at Aerie, within a day:',
      ...this.tokens.shown(purpose, issued.token),
    ];
    await this.send(job, { to: issued.user.email, name: issued.user.name, subject: 'Confirm your address', blocks });
  }

  private async emailChange(user_id: number, email: string, job: Job): Promise<void> {
    const purpose = TokenPurpose.email_change;
    const issued = await this.issued(job, purpose, () => this.active('id = :user_id').one({ user_id }), email);
    if (!issued) return;
    const blocks = [
      'your account at Aerie is to have this address. It has it as soon as you use this, within a day:',
      ...this.tokens.shown(purpose, issued.token),
      'Does it say nothing to you? Then there is nothing to do.',
    ];
    await this.send(job, { to: email, name: issued.user.name, subject: 'Your new address', blocks });
  }

  private async emailChangeNote(user_id: number, email: string, job: Job): Promise<void> {
    const user = await this.users.findById(user_id);
    if (!user) return;
    const blocks = [
      'your account at Aerie is to have another e-mail address. It has it as soon as the mail to that address is answered.',
      'Was it not you? Then somebody knows your password: set a new one now, which ends this as well.',
    ];
    await this.send(job, { to: email, name: user.name, subject: 'Your account is to have another address', blocks });
  }

  /** A token for an account, locked as it is now, mailed to its address or another. Undefined: there is nothing to mail. */
  private issued(
    job: Job,
    purpose: TokenPurpose,
    find: () => Promise<User | undefined>,
    email?: string,
  ): Promise<{ user: User; token: string } | undefined> {
    return job.step(async (tx) => {
      const user = await find();
      if (!user) return undefined;
      const token = await this.tokens.issue(tx, job.id, { user_id: user.id, purpose, email: email ?? user.email });
      return token === undefined ? undefined : { user, token };
    });
  }

  /** Locked, as it is now. */
  private active(condition: string): Read<User> {
    return this.users.where('is_active').where(condition).locked('for_no_key_update');
  }

  private async send({ id }: Job, { to, name, subject, blocks }: Letter): Promise<void> {
    await this.mailer.send({ id, to, subject, ...letter(subject, `Hello ${name},`, ...blocks) });
  }
}
