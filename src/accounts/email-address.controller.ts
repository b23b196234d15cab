import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, Limited, Public, SessionOnly, type Caller } from '../kernel/access/access.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { Notice } from '../users/users.dto.js';
import { emailTaken } from '../users/users.errors.js';
import { alreadyVerified, badAccountToken } from './accounts.errors.js';
import { EmailToken } from './email-address.dto.js';
import { EmailAddressService } from './email-address.service.js';

@ApiTags('auth')
@Controller('auth/email')
export class EmailAddressController {
  constructor(private readonly addresses: EmailAddressService) {}

  /** Mails you another token that confirms your address. Once a minute at most; the answer does not wait for the mail. */
  @SessionOnly()
  @Limited()
  @Post('verification')
  @Returns(Notice, { errors: [alreadyVerified] })
  async sendVerification(@CurrentUser() caller: Caller) {
    await this.addresses.sendVerification(caller);
    return { message: 'Email queued' };
  }

  /**
   * Confirms an e-mail address with the token of a mail. One that was asked for by `PUT /users/me/email` is the account's
   * from now on. A token is good once, for a day, and the newest only.
   */
  @Public()
  @Limited()
  @Post('verify')
  @ReturnsNothing({ errors: [badAccountToken, emailTaken] })
  verifyEmail(@Body() body: EmailToken) {
    return this.addresses.verify(body);
  }
}
