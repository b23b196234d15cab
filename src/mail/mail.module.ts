import { Module } from '@nestjs/common';
import { Mailer } from './mailer.js';
import { SentMails } from './sent-mails.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { JobsModule } from '../jobs/jobs.module.js';

@Module({ imports: [KernelModule, JobsModule], providers: [Mailer, SentMails], exports: [Mailer] })
export class MailModule {}
