import { Module } from '@nestjs/common';
import { EmailController } from './email.controller.js';
import { Attempts } from './attempts.js';
import { Passwords } from './passwords.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';
import { ProfileController } from './profile.controller.js';
import { ProfileService } from './profile.service.js';

@Module({
  controllers: [UsersController, ProfileController, EmailController],
  providers: [UsersService, ProfileService, Passwords, Attempts],
  exports: [Passwords, Attempts],
})
export class UsersModule {}
