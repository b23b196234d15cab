import { Module } from '@nestjs/common';
import { AccountMails } from './accounts.mails.js';
import { UsersModule } from '../users/users.module.js';
import { PasswordController } from './password.controller.js';
import { PasswordService } from './password.service.js';
import { StandingController } from './standing.controller.js';
import { StandingService } from './standing.service.js';

@Module({
  imports: [UsersModule],
  controllers: [PasswordController, StandingController],
  providers: [PasswordService, StandingService, AccountMails],
})
export class AccountsModule {}
