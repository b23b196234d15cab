import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RateLimited, Public } from '../kernel/access/access.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { Notice } from '../users/email.dto.js';
import { tooManyPasswords } from '../users/users.errors.js';
import { badAccountToken } from './accounts.errors.js';
import { PasswordForgotten, PasswordReset } from './password.dto.js';
import { PasswordResetService } from './password-reset.service.js';

@ApiTags('auth')
@Controller('auth/password')
export class PasswordResetController {
  constructor(private readonly resets: PasswordResetService) {}

  /**
   * Sends a mail to reset a forgotten password. The link in the mail can be used once, within 30 minutes. The response
   * is the same whether or not the address has an account. An account gets at most one such mail per minute.
   */
  @Public()
  @RateLimited()
  @Post('forgot')
  @Returns(Notice)
  async forgotPassword(@Body() body: PasswordForgotten) {
    await this.resets.forgotten(body);
    return { message: 'If the address has an account, a mail is on its way' };
  }

  /**
   * Sets a new password with the token from a mail. The token can be used once, within 30 minutes. A newer token
   * replaces it. All sessions of the account end, and its personal access tokens are revoked. A second factor stays
   * active.
   */
  @Public()
  @RateLimited()
  @Post('reset')
  @ReturnsNothing({ errors: [badAccountToken, tooManyPasswords] })
  resetPassword(@Body() body: PasswordReset) {
    return this.resets.reset(body);
  }
}
