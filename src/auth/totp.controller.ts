import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, RateLimited, SessionOnly, type Caller } from '../kernel/access/access.js';
import { created } from '../kernel/http/response-with-headers.js';
import { ReadsPrimary } from '../replicas/replica-routing.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { tooManyPasswords } from '../users/users.errors.js';
import { PasswordAgain, RecoveryCodeSet, TotpConfirmation, TotpProof, TotpSecret, TotpState } from './totp.dto.js';
import { nothingToConfirm, totpActive, totpInactive, wrongCode, wrongProof } from './totp.errors.js';
import { TotpService } from './totp.service.js';

// The routes of /auth/totp, the second factor.

@ApiTags('auth')
@ReadsPrimary()
@Controller('auth/totp')
export class TotpController {
  constructor(private readonly totp: TotpService) {}

  /**
   * Shows the state of your second factor. Says whether sign-in requires a code, and how many recovery codes are left.
   */
  @SessionOnly()
  @Get()
  @Returns(TotpState)
  getTotp(@CurrentUser() caller: Caller) {
    return this.totp.state(caller);
  }

  /**
   * Sets up a second factor. Returns a secret for an authenticator app. Sign-in requires a code only after you confirm
   * the factor with `POST /auth/totp/confirmation`. Until then, each new request replaces the secret.
   */
  @SessionOnly()
  @RateLimited()
  @Post()
  @Returns(TotpSecret, {
    status: 201,
    secret: true,
    errors: [wrongProof, totpActive, tooManyPasswords],
    headers: { Location: 'Path of the second factor. `GET` returns its state.' },
  })
  async enrolTotp(@CurrentUser() caller: Caller, @Body() body: PasswordAgain) {
    return created(await this.totp.enrol(caller, body), '/auth/totp');
  }

  /**
   * Confirms the second factor with a first code. Returns ten recovery codes. From now on, sign-in requires a code from
   * the authenticator app or one of the recovery codes.
   */
  @SessionOnly()
  @RateLimited()
  @Post('confirmation')
  @Returns(RecoveryCodeSet, { secret: true, errors: [wrongCode, nothingToConfirm] })
  confirmTotp(@CurrentUser() caller: Caller, @Body() body: TotpConfirmation) {
    return this.totp.confirm(caller, body);
  }

  /** Creates new recovery codes. Returns ten codes. The previous codes stop working. */
  @SessionOnly()
  @RateLimited()
  @Post('recovery-codes')
  @Returns(RecoveryCodeSet, { secret: true, errors: [wrongProof, totpInactive, tooManyPasswords] })
  renewRecoveryCodes(@CurrentUser() caller: Caller, @Body() body: TotpProof) {
    return this.totp.renewRecoveryCodes(caller, body);
  }

  /** Removes the second factor. From now on, sign-in requires only the password. The recovery codes stop working. */
  @SessionOnly()
  @RateLimited()
  @Delete()
  @ReturnsNothing({ errors: [wrongProof, totpInactive, tooManyPasswords] })
  removeTotp(@CurrentUser() caller: Caller, @Body() body: TotpProof) {
    return this.totp.remove(caller, body);
  }
}
