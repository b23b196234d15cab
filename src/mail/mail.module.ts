import { Global, Module } from '@nestjs/common';
import { Mailer } from './mailer.js';
import { SentMails } from './sent-mails.js';

@Global()
@Module({ providers: [Mailer, SentMails], exports: [Mailer] })
export class MailModule {}
