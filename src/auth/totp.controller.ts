import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, Limited, SessionOnly, type Caller } from '../kernel/access/access.js';
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

  /** Shows whether signing in needs a second factor. Also shows how many recovery codes are left. */
  @SessionOnly()
  @Get()
  @Returns(TotpState)
  getTotp(@CurrentUser() caller: Caller) {
    return this.totp.state(caller);
  }

  /** Sets up a second factor. Signing in asks for it once you have confirmed it. Until then you can start again. */
  @SessionOnly()
  @Limited()
  @Post()
  @Returns(TotpSecret, {
    status: 201,
    secret: true,
    errors: [wrongProof, totpActive, tooManyPasswords],
    headers: { Location: 'Path that shows the state of the second factor.' },
  })
  async enrolTotp(@CurrentUser() caller: Caller, @Body() body: PasswordAgain) {
    return created(await this.totp.enrol(caller, body), '/auth/totp');
  }

  /**
   * Confirms the second factor with a first code. From now on signing in asks for a code, or for one of the recovery
   * codes.
   */
  @SessionOnly()
  @Limited()
  @Post('confirmation')
  @Returns(RecoveryCodeSet, { secret: true, errors: [wrongCode, nothingToConfirm] })
  confirmTotp(@CurrentUser() caller: Caller, @Body() body: TotpConfirmation) {
    return this.totp.confirm(caller, body);
  }

  /** Creates new recovery codes. Previous codes stop working. */
  @SessionOnly()
  @Limited()
  @Post('recovery-codes')
  @Returns(RecoveryCodeSet, { secret: true, errors: [wrongProof, totpInactive, tooManyPasswords] })
  renewRecoveryCodes(@CurrentUser() caller: Caller, @Body() body: TotpProof) {
    return this.totp.renewRecoveryCodes(caller, body);
  }

  /** Removes the second factor. From now on the password is enough to sign in. */
  @SessionOnly()
  @Limited()
  @Delete()
  @ReturnsNothing({ errors: [wrongProof, totpInactive, tooManyPasswords] })
  removeTotp(@CurrentUser() caller: Caller, @Body() body: TotpProof) {
    return this.totp.remove(caller, body);
  }
}
