import { Body, Controller, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, Limited, SessionOnly, type Caller } from '../kernel/access/access.js';
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
   * Changes your password. All your other sessions end, and a mail tells you about the change. This session and your
   * personal access tokens keep working.
   */
  @SessionOnly()
  @Limited()
  @Put('password')
  @ReturnsNothing({ errors: [wrongCurrentPassword, tooManyPasswords] })
  changePassword(@CurrentUser() caller: Caller, @Body() body: PasswordChange) {
    return this.passwords.change(caller, body);
  }

  /**
   * Requests a new e-mail address for your account. A mail with a link is sent to the new address, and a notice to the
   * current one. The address changes when the token of the link is sent to `POST /auth/email/verify`. The new address gets at
   * most one mail per minute; `message` says whether one was queued.
   */
  @SessionOnly()
  @Limited()
  @Put('email')
  @Returns(Notice, { errors: [wrongCurrentPassword, tooManyPasswords] })
  async changeEmail(@CurrentUser() caller: Caller, @Body() body: EmailChange) {
    return tokenNotice(await this.addresses.change(caller, body));
  }
}
