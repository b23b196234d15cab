import { Controller, Module, Post, type OnModuleInit } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { IsInt, Max, Min } from 'class-validator';
import { Repository } from 'typeorm';
import { jobKind } from '../../src/jobs/job-kind.js';
import { JobsModule } from '../../src/jobs/jobs.module.js';
import { Jobs } from '../../src/jobs/jobs.service.js';
import { CurrentUser, SignedIn, type Caller } from '../../src/kernel/access/access.js';
import { transaction } from '../../src/kernel/database/transaction.js';
import { Mailer } from '../../src/mail/mailer.js';
import { MailModule } from '../../src/mail/mail.module.js';
import { User } from '../../src/users/user.entity.js';

class CallPayload {
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  user_id!: number;
}
const Call = jobKind('call-back', CallPayload);

@ApiExcludeController()
@Controller('call-back')
class CallBackController implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly mailer: Mailer,
    @InjectRepository(User) private readonly users: Repository<User>,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(Call, async ({ user_id }, { id }) => {
      const user = await this.users.findOneBy({ id: user_id }); // null: deleted meanwhile
      if (user) await this.mailer.send({ id, to: user.email, subject: 'Call', text: 'Today.' });
    });
  }

  @SignedIn()
  @Post()
  async ask(@CurrentUser() { id }: Caller) {
    await transaction(this.users.manager, (tx) => this.jobs.enqueue(tx, Call, { user_id: id }, id));
  }
}

@Module({ imports: [JobsModule, MailModule, TypeOrmModule.forFeature([User])], controllers: [CallBackController] })
export class CallBackModule {}
