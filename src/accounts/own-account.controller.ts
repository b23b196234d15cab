import { Body, Controller, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, RateLimited, SessionOnly, type Caller } from '../kernel/access/access.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { Notice } from '../users/email.dto.js';
import { tooManyPasswords } from '../users/users.errors.js';
import { wrongCurrentPassword } from './accounts.errors.js';
import { EmailChange } from './email-address.dto.js';
import { EmailAddressService } from './email-address.service.js';
import { PasswordChange } from './password.dto.js';
import { PasswordService } from './password.service.js';
import { tokenNotice } from './token-notice.js';

@ApiTags('users')
@Controller('users/me')
export class OwnAccountController {
  constructor(
    private readonly passwords: PasswordService,
    private readonly addresses: EmailAddressService,
  ) {}

  /**
   * Changes your password. All your other sessions end; this session and your personal access tokens stay valid. You
   * get a mail about the change.
   */
  @SessionOnly()
  @RateLimited()
  @Put('password')
  @ReturnsNothing({ errors: [wrongCurrentPassword, tooManyPasswords] })
  changePassword(@CurrentUser() caller: Caller, @Body() body: PasswordChange) {
    return this.passwords.change(caller, body);
  }

  /**
   * Requests a change of your e-mail address. The new address gets a mail with a link, the current address gets a
   * notice. Your address changes when the token in the link is sent to `POST /auth/email/verify` within 24 hours. The
   * new address gets at most one mail per minute; `message` says whether this request queued one.
   */
  @SessionOnly()
  @RateLimited()
  @Put('email')
  @Returns(Notice, { errors: [wrongCurrentPassword, tooManyPasswords] })
  async changeEmail(@CurrentUser() caller: Caller, @Body() body: EmailChange) {
    return tokenNotice(await this.addresses.change(caller, body));
  }
}
