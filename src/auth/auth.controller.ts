import { Body, Controller, Post } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import { CurrentUser, Limited, Public, SessionOnly, type Caller } from '../kernel/access/access.js';
import { Form, OptionalBody } from '../kernel/http/body.decorators.js';
import { oauthErrorCode } from './oauth-error.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { tooManyPasswords } from '../users/users.errors.js';
import { PasswordForm, RefreshForm, RefreshRequest, Token } from './auth.dto.js';
import { badRefreshToken, secondFactorRequired, wrongPassword } from './auth.errors.js';
import { Tag } from '../openapi/tags.js';
import { AuthService } from './auth.service.js';
import { Device } from './device.decorator.js';
import { SignInService } from './sign-in.service.js';

// The routes to sign in, refresh and sign out.

const GRANTS = { model: PasswordForm, variants: { by: 'grant_type', models: { refresh_token: RefreshForm } } };

@Tag('auth', 'Sign-in, sessions, passwords, second factors, and personal access tokens for scripts.')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly signing: SignInService,
  ) {}

  /**
   * Signs in with e-mail and password. This is the OAuth 2 password form; send the access token of the response with
   * your other requests. An account with a second factor also needs `otp`.
   *
   * With `grant_type=refresh_token` it exchanges a refresh token for new tokens, as `POST /auth/refresh` does (RFC
   * 6749, section 6).
   */
  @Public()
  @Limited()
  @Post('token')
  @ApiConsumes('application/x-www-form-urlencoded')
  @Returns(Token, {
    secret: true,
    errorCode: oauthErrorCode,
    errors: [badRefreshToken, wrongPassword, secondFactorRequired, tooManyPasswords],
  })
  signIn(@Form(GRANTS) form: PasswordForm | RefreshForm, @Device() device: string | null) {
    if (form instanceof RefreshForm) return this.auth.refresh(form.refresh_token);
    return this.signing.signIn(form, device);
  }

  /**
   * Exchanges a refresh token for new tokens. Each refresh token works once. Used again within ten seconds, it
   * returns the most recent tokens; later, it ends the session.
   */
  @Public()
  @Limited('refresh')
  @Post('refresh')
  @Returns(Token, { secret: true, errors: [badRefreshToken] })
  refreshToken(@Body() { refresh_token }: RefreshRequest) {
    return this.auth.refresh(refresh_token);
  }

  /**
   * Ends a session: its tokens stop working at once. Without a body it is the session of this request, otherwise that
   * of the refresh token. A refresh token that is not valid ends nothing.
   */
  @SessionOnly()
  @Post('logout')
  @ReturnsNothing()
  signOut(@CurrentUser() caller: Caller, @OptionalBody() body?: RefreshRequest) {
    return this.auth.signOut(caller, body?.refresh_token);
  }
}
