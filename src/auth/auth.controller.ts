import { Body, Controller, Post } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import { CurrentUser, Limited, Public, SessionOnly, type Caller } from '../kernel/access/access.js';
import { Form, OptionalBody } from '../kernel/http/inputs.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { tooManyPasswords } from '../users/users.errors.js';
import { PasswordForm, RefreshForm, RefreshRequest, Token } from './auth.dto.js';
import { secondFactorRequired, wrongPassword } from '../kernel/errors/access.errors.js';
import { Tag } from '../kernel/openapi/tags.js';
import { badRefreshToken } from './auth.errors.js';
import { AuthService } from './auth.service.js';
import { Device } from './device.js';
import { SignInService } from './sign-in.service.js';

const GRANTS = { model: PasswordForm, variants: { by: 'grant_type', models: { refresh_token: RefreshForm } } };

@Tag('auth', 'Signing in and out, second factors, access tokens for scripts.')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly signing: SignInService,
  ) {}

  /**
   * Signs in with e-mail and password. An OAuth2 password form; the answer's access token opens the other routes. An
   * account with a second factor needs an `otp` beside them.
   *
   * With `grant_type=refresh_token` it trades a refresh token for new tokens, as `POST /auth/refresh` does (RFC 6749 §6).
   */
  @Public()
  @Limited()
  @Post('token')
  @ApiConsumes('application/x-www-form-urlencoded')
  @Returns(Token, {
    secret: true,
    oauth: true,
    errors: [badRefreshToken, wrongPassword, secondFactorRequired, tooManyPasswords],
  })
  signIn(@Form(GRANTS) form: PasswordForm | RefreshForm, @Device() device: string | null) {
    if (form instanceof RefreshForm) return this.auth.refresh(form.refresh_token);
    return this.signing.signIn(form, device);
  }

  /**
   * Trades a refresh token for new tokens. Each is good once: within ten seconds it may come again and gets the newest
   * ones, later it ends the session.
   */
  @Public()
  @Limited('refresh')
  @Post('refresh')
  @Returns(Token, { secret: true, errors: [badRefreshToken] })
  refreshToken(@Body() { refresh_token }: RefreshRequest) {
    return this.auth.refresh(refresh_token);
  }

  /**
   * Ends a session: its tokens are refused from now on. Without a body it is the one you are using, else that of the
   * refresh token; one that is not good, or no more, ends nothing.
   */
  @SessionOnly()
  @Post('logout')
  @ReturnsNothing()
  signOut(@CurrentUser() caller: Caller, @OptionalBody() body?: RefreshRequest) {
    return this.auth.signOut(caller, body?.refresh_token);
  }
}
