import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountTokens } from './account-tokens.js';
import { EmailController } from './email.controller.js';
import { Attempts } from './attempts.js';
import { Passwords } from './passwords.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';
import { ProfileController } from './profile.controller.js';
import { ProfileService } from './profile.service.js';
import { WelcomeMails } from './welcome-mails.js';
import { AccountToken } from './account-token.entity.js';
import { User } from './user.entity.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { MailModule } from '../mail/mail.module.js';

@Module({
  imports: [KernelModule, JobsModule, MailModule, TypeOrmModule.forFeature([User, AccountToken])],
  controllers: [UsersController, ProfileController, EmailController],
  providers: [UsersService, ProfileService, Passwords, Attempts, AccountTokens, WelcomeMails],
  exports: [Passwords, Attempts, AccountTokens],
})
export class UsersModule {}
