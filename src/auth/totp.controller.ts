import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, Limited, SessionOnly, type Caller } from '../kernel/access/access.js';
import { created } from '../kernel/http/response-with-headers.js';
import { ReadsPrimary } from '../kernel/http/replica-reads.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { tooManyPasswords } from '../users/users.errors.js';
import { PasswordAgain, RecoveryCodes, TotpConfirmation, TotpProof, TotpSecret, TotpState } from './totp.dto.js';
import { nothingToConfirm, totpActive, totpInactive, wrongCode, wrongProof } from './totp.errors.js';
import { TotpService } from './totp.service.js';

@ApiTags('auth')
@ReadsPrimary()
@Controller('auth/totp')
export class TotpController {
  constructor(private readonly totp: TotpService) {}

  /** Shows whether signing in needs a second factor. */
  @SessionOnly()
  @Get()
  @Returns(TotpState)
  getTotp(@CurrentUser() caller: Caller) {
    return this.totp.state(caller);
  }

  /** Sets up a second factor. Signing in asks for it only once you have confirmed it; until then you may begin anew. */
  @SessionOnly()
  @Limited()
  @Post()
  @Returns(TotpSecret, {
    status: 201,
    secret: true,
    errors: [wrongProof, totpActive, tooManyPasswords],
    headers: { Location: 'Address of its state.' },
  })
  async enrolTotp(@CurrentUser() caller: Caller, @Body() body: PasswordAgain) {
    return created(await this.totp.enrol(caller, body), '/auth/totp');
  }

  /** Confirms the second factor by a first code. From now on signing in asks for one, or for one of the recovery codes. */
  @SessionOnly()
  @Limited()
  @Post('confirmation')
  @Returns(RecoveryCodes, { secret: true, errors: [wrongCode, nothingToConfirm] })
  confirmTotp(@CurrentUser() caller: Caller, @Body() body: TotpConfirmation) {
    return this.totp.confirm(caller, body);
  }

  /** Makes new recovery codes. Those of before are good no more. */
  @SessionOnly()
  @Limited()
  @Post('recovery-codes')
  @Returns(RecoveryCodes, { secret: true, errors: [wrongProof, totpInactive, tooManyPasswords] })
  renewRecoveryCodes(@CurrentUser() caller: Caller, @Body() body: TotpProof) {
    return this.totp.renewRecoveryCodes(caller, body);
  }

  /** Takes the second factor away. The password is enough from now on. */
  @SessionOnly()
  @Limited()
  @Delete()
  @ReturnsNothing({ errors: [wrongProof, totpInactive, tooManyPasswords] })
  removeTotp(@CurrentUser() caller: Caller, @Body() body: TotpProof) {
    return this.totp.remove(caller, body);
  }
}
