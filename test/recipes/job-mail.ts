import { Controller, Module, Post, type OnModuleInit } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsEmail } from 'class-validator';
import { EntityManager } from 'typeorm';
import { jobKind } from '../../src/jobs/job-kind.js';
import { JobsModule } from '../../src/jobs/jobs.module.js';
import { Jobs } from '../../src/jobs/jobs.service.js';
import { CurrentUser, SignedIn, type Caller } from '../../src/kernel/access/access.js';
import { transaction } from '../../src/kernel/database/transaction.js';
import { Mailer } from '../../src/mail/mailer.js';
import { MailModule } from '../../src/mail/mail.module.js';

class CallPayload {
  @IsEmail()
  email!: string;
}
const Call = jobKind('call-back', CallPayload);

@ApiExcludeController()
@Controller('call-back')
class CallBackController implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly mailer: Mailer,
    private readonly db: EntityManager,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(Call, ({ email }, { id }) => this.mailer.send({ id, to: email, subject: 'Call', text: 'Today.' }));
  }

  @SignedIn()
  @Post()
  async ask(@CurrentUser() { id, email }: Caller) {
    await transaction(this.db, (tx) => this.jobs.enqueue(tx, Call, { email }, id));
  }
}

@Module({ imports: [JobsModule, MailModule], controllers: [CallBackController] })
export class CallBackModule {}
