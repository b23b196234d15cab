import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Limited, Public } from '../kernel/access/access.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { Notice } from '../users/users.dto.js';
import { tooManyPasswords } from '../users/users.errors.js';
import { badAccountToken } from './accounts.errors.js';
import { PasswordForgotten, PasswordReset } from './password.dto.js';
import { PasswordResetService } from './password-reset.service.js';

@ApiTags('auth')
@Controller('auth/password')
export class PasswordResetController {
  constructor(private readonly resets: PasswordResetService) {}

  /**
   * Mails a token for a new password. The answer is the same whether the address has an account or not; an account gets
   * one mail a minute at most.
   */
  @Public()
  @Limited()
  @Post('forgot')
  @Returns(Notice)
  async forgotPassword(@Body() body: PasswordForgotten) {
    await this.resets.forgotten(body);
    return { message: 'If the address has an account, a mail is on its way' };
  }

  /**
   * Sets a new password with the token of a mail. It is good once, for half an hour, and the newest only. All sessions end
   * and all access tokens are revoked; a second factor stays.
   */
  @Public()
  @Limited()
  @Post('reset')
  @ReturnsNothing({ errors: [badAccountToken, tooManyPasswords] })
  resetPassword(@Body() body: PasswordReset) {
    return this.resets.reset(body);
  }
}
