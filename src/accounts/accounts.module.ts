import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountPagesController } from './account-pages.controller.js';
import { AccountMails } from './accounts.mails.js';
import { UsersModule } from '../users/users.module.js';
import { EmailAddressController } from './email-address.controller.js';
import { EmailAddressService } from './email-address.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { OwnAccountController } from './own-account.controller.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordService } from './password.service.js';
import { AccountStatusController } from './account-status.controller.js';
import { AccountStatusService } from './account-status.service.js';
import { User } from '../users/user.entity.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { MailModule } from '../mail/mail.module.js';

@Module({
  imports: [KernelModule, AuthModule, JobsModule, MailModule, TypeOrmModule.forFeature([User]), UsersModule],
  controllers: [
    OwnAccountController,
    PasswordResetController,
    EmailAddressController,
    AccountStatusController,
    AccountPagesController,
  ],
  providers: [PasswordService, PasswordResetService, EmailAddressService, AccountStatusService, AccountMails],
})
export class AccountsModule {}
