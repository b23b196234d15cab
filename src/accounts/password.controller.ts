import { Controller, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, Limited, SessionOnly, type Caller } from '../kernel/http/access.js';
import { Body } from '../kernel/http/inputs.js';
import { ReturnsNothing } from '../kernel/http/returns.js';
import { tooManyPasswords } from '../users/users.errors.js';
import { wrongCurrentPassword } from './accounts.errors.js';
import { PasswordChange } from './password.dto.js';
import { PasswordService } from './password.service.js';

@ApiTags('users')
@Controller()
export class PasswordController {
  constructor(private readonly passwords: PasswordService) {}

  /**
   * Changes your password. All your other sessions end, and a mail tells of it; the session that asks and your access
   * tokens for scripts go on.
   */
  @SessionOnly()
  @Limited()
  @Put('users/me/password')
  @ReturnsNothing({ errors: [wrongCurrentPassword, tooManyPasswords] })
  changePassword(@CurrentUser() caller: Caller, @Body() body: PasswordChange) {
    return this.passwords.change(caller, body);
  }
}
