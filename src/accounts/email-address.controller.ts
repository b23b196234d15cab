import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, RateLimited, Public, SessionOnly, type Caller } from '../kernel/access/access.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { Notice } from '../users/email.dto.js';
import { emailTaken } from '../users/users.errors.js';
import { alreadyVerified, badAccountToken } from './accounts.errors.js';
import { EmailToken } from './email-address.dto.js';
import { EmailAddressService } from './email-address.service.js';
import { tokenNotice } from './token-notice.js';

@ApiTags('auth')
@Controller('auth/email')
export class EmailAddressController {
  constructor(private readonly addresses: EmailAddressService) {}

  /**
   * Sends another mail to confirm your e-mail address. The link in the mail can be used once, within 24 hours. You get
   * at most one mail per minute; `message` says whether this request queued one. A background job sends the mail.
   */
  @SessionOnly()
  @RateLimited()
  @Post('verification')
  @Returns(Notice, { errors: [alreadyVerified] })
  async sendVerification(@CurrentUser() caller: Caller) {
    return tokenNotice(await this.addresses.sendVerification(caller));
  }

  /**
   * Confirms an e-mail address with the token from a mail. If the address was requested with `PUT /users/me/email`, it
   * becomes the address of the account. The token can be used once, within 24 hours. A newer token replaces it.
   */
  @Public()
  @RateLimited()
  @Post('verify')
  @ReturnsNothing({ errors: [badAccountToken, emailTaken] })
  verifyEmail(@Body() body: EmailToken) {
    return this.addresses.verify(body);
  }
}
