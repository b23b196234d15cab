import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import type { JobAttempt } from '../jobs/job-attempt.js';
import { Jobs } from '../jobs/jobs.service.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { letter, type Block } from '../mail/letter.js';
import { Mailer } from '../mail/mailer.js';
import { TokenPurpose } from './account-token.entity.js';
import { AccountTokens } from './account-tokens.js';
import { User } from './user.entity.js';
import { WelcomeMail } from './welcome-mail.js';

/** Sends welcome mails, and asks new accounts to confirm their address. */
@Injectable()
export class WelcomeMails implements OnModuleInit {
  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly jobs: Jobs,
    private readonly mailer: Mailer,
    private readonly tokens: AccountTokens,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(WelcomeMail, ({ email }, job) => this.welcome(email, job));
  }

  private async welcome(email: string, job: JobAttempt): Promise<void> {
    const { user, confirmation } = await job.step(async (tx) => {
      const found = await this.users.where('email = :email').locked('for_no_key_update').one({ email });
      return { user: found, confirmation: found ? await this.confirmation(tx, job, found) : [] };
    });
    const subject = 'Welcome to Aerie';
    const sentBecause = user ? 'there is an Aerie account with this address' : 'an Aerie admin requested it';
    const greeting = [`Hello ${user?.name ?? email},`, 'Welcome to Aerie!'];
    const rendered = letter(subject, ...greeting, ...confirmation, { sentBecause });
    await this.mailer.send({ id: job.id, to: email, subject, ...rendered });
  }

  /** Returns the blocks that ask to confirm the address. Empty if it is confirmed or the account is disabled. */
  private async confirmation(tx: EntityManager, job: JobAttempt, user: User): Promise<Block[]> {
    if (user.email_verified_at || !user.is_active) return [];
    const purpose = TokenPurpose.email_verification;
    const token = await this.tokens.issueLater(tx, job, { user_id: user.id, purpose, email: user.email });
    if (token === undefined) return [];
    return [
      'Please confirm your e-mail address. The link can be used once, within 24 hours.',
      ...this.tokens.shown(purpose, token),
    ];
  }
}
