import { Body, Controller, Post } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import { CurrentUser, RateLimited, Public, SessionOnly, type Caller } from '../kernel/access/access.js';
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
    private readonly signInService: SignInService,
  ) {}

  /**
   * Signs in with e-mail and password. The body is the form of the OAuth 2 password grant. Send the returned access
   * token in the `Authorization` header of your other requests. If the account has a second factor, `otp` is required,
   * too. After several wrong passwords, attempts for the account are refused with a 429 for a time that doubles with
   * each further attempt.
   *
   * With `grant_type=refresh_token`, the operation exchanges a refresh token for new tokens, like `POST /auth/refresh`
   * (RFC 6749, section 6).
   */
  @Public()
  @RateLimited()
  @Post('token')
  @ApiConsumes('application/x-www-form-urlencoded')
  @Returns(Token, {
    secret: true,
    errorCode: oauthErrorCode,
    errors: [badRefreshToken, wrongPassword, secondFactorRequired, tooManyPasswords],
  })
  signIn(@Form(GRANTS) form: PasswordForm | RefreshForm, @Device() device: string | null) {
    if (form instanceof RefreshForm) return this.auth.refresh(form.refresh_token);
    return this.signInService.signIn(form, device);
  }

  /**
   * Exchanges a refresh token for new tokens. A refresh token can be used once. If you send it again within ten
   * seconds, because you lost the response, you get the newest tokens of the session. After that, its reuse ends the
   * session, since the token may have been stolen.
   */
  @Public()
  @RateLimited('refresh')
  @Post('refresh')
  @Returns(Token, { secret: true, errors: [badRefreshToken] })
  refreshToken(@Body() { refresh_token }: RefreshRequest) {
    return this.auth.refresh(refresh_token);
  }

  /**
   * Ends a session. Without a body, the session of this request ends; with a body, the session of the `refresh_token`.
   * All tokens of the session stop working immediately. If the refresh token is not valid, no session ends, but the
   * response is still a 204.
   */
  @SessionOnly()
  @Post('logout')
  @ReturnsNothing()
  signOut(@CurrentUser() caller: Caller, @OptionalBody() body?: RefreshRequest) {
    return this.auth.signOut(caller, body?.refresh_token);
  }
}
