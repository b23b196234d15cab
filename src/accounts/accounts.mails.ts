import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IsInt, Max, Min } from 'class-validator';
import { EntityManager } from 'typeorm';
import { jobKind } from '../jobs/job-kind.js';
import { Jobs } from '../jobs/jobs.service.js';
import { read } from '../kernel/database/read.js';
import { MAX_ID } from '../kernel/http/ids.js';
import { letter } from '../mail/letter.js';
import { Mailer } from '../mail/mailer.js';
import { User } from '../users/user.entity.js';

class AccountPayload {
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id!: number;
}

/** Tells the owner of an account that its password is another now. */
export const PasswordChangedMail = jobKind('password-changed-mail', AccountPayload);

const account = read(User).where('id = :user_id');

/** The mails about an account's life. */
@Injectable()
export class AccountMails implements OnModuleInit {
  constructor(
    private readonly db: EntityManager,
    private readonly jobs: Jobs,
    private readonly mailer: Mailer,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(PasswordChangedMail, ({ user_id }, { id }) => this.passwordChanged(user_id, id));
  }

  private async passwordChanged(user_id: number, id: string): Promise<void> {
    const user = await account.one(this.db, { user_id });
    if (!user) return;
    const subject = 'Your password was changed';
    const rendered = letter(
      subject,
      `Hello ${user.name},`,
      'the password of your account at Aerie was changed. Everywhere else you have to sign in again.',
      'Was it not you? Then ask for a new one as if you had forgotten it: that ends every session and revokes every access token.',
    );
    await this.mailer.send({ id, to: user.email, subject, ...rendered });
  }
}
