import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import type { Job } from '../jobs/job.js';
import { Jobs } from '../jobs/jobs.service.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { letter, type Block } from '../mail/letter.js';
import { Mailer } from '../mail/mailer.js';
import { TokenPurpose } from './account-token.entity.js';
import { AccountTokens } from './account-tokens.js';
import { User } from './user.entity.js';
import { WelcomeMail } from './welcome-mail.js';

/** Greets, and asks new accounts to confirm their address. */
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

  private async welcome(email: string, job: Job): Promise<void> {
    const { name, confirmation } = await job.step(async (tx) => {
      const user = await this.users.where('email = :email').locked('for_no_key_update').one({ email });
      return { name: user?.name ?? email, confirmation: user ? await this.confirmation(tx, job, user) : [] };
    });
    const subject = 'Welcome to Aerie';
    const rendered = letter(subject, `Hello ${name},`, 'Welcome to Aerie!', ...confirmation);
    await this.mailer.send({ id: job.id, to: email, subject, ...rendered });
  }

  /** What an account reads whose address is not confirmed yet. */
  private async confirmation(tx: EntityManager, { id }: Job, user: User): Promise<Block[]> {
    if (user.email_verified_at || !user.is_active) return [];
    const purpose = TokenPurpose.email_verification;
    const token = await this.tokens.issue(tx, id, { user_id: user.id, purpose, email: user.email });
    if (token === undefined) return [];
    return [
      `Please confirm your e-mail address. ${this.tokens.kind} works once, for 24 hours.`,
      ...this.tokens.shown(purpose, token),
    ];
  }
}
