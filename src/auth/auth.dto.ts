import { ApiSchema, PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { Secret } from '../kernel/validation/secret.js';

// Request and response models of sign-in and refresh.

/** The OAuth 2 password grant (RFC 6749 §4.3), with the fields of FastAPI's form. */
@ApiSchema({ description: 'Sign-in with e-mail and password: the OAuth 2 password grant (RFC 6749, section 4.3).' })
export class PasswordForm {
  /**
   * The OAuth 2 grant type: `password`. Optional.
   * @example "password"
   */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @Matches(/^password$/)
  grant_type?: string | null;

  /**
   * The e-mail address of the account.
   * @example "ann@aerie.example"
   */
  @IsString()
  @MaxLength(254)
  username!: string;

  /**
   * The password of the account.
   * @example "Password1"
   */
  @Secret()
  @IsString()
  @MaxLength(1000)
  password!: string;

  /**
   * A code from the authenticator app, or a recovery code. Required if the account has a second factor.
   * @example "123456"
   */
  @Secret()
  @IsOptional()
  @IsString()
  @MaxLength(100)
  otp?: string | null;

  /** Ignored. Accepted for compatibility with OAuth 2 clients: a session always has all permissions of its user. */
  @IsString()
  @MaxLength(1000)
  scope: string = '';

  /**
   * Not checked. Clients that send it get errors with the OAuth 2 field `error`.
   * @example "explorer"
   */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  client_id?: string | null;

  /**
   * Ignored. Accepted for compatibility with OAuth 2 clients.
   * @example "not-used"
   */
  @Secret()
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  client_secret?: string | null;
}

@ApiSchema({ description: 'Exchange of a refresh token: the OAuth 2 refresh grant (RFC 6749, section 6).' })
export class RefreshForm extends PickType(PasswordForm, ['scope', 'client_id']) {
  /**
   * The OAuth 2 grant type.
   * @example "refresh_token"
   */
  @IsIn(['refresh_token'])
  grant_type!: string;

  /**
   * The most recent refresh token of the session.
   * @example "the refresh_token of the newest answer"
   */
  @Secret()
  @IsString()
  @MaxLength(500)
  refresh_token!: string;

  /**
   * Ignored. Accepted for compatibility with OAuth 2 clients.
   * @example "not-used"
   */
  @Secret()
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  client_secret?: string | null;
}

@ApiSchema({ description: 'The refresh token of a session.' })
export class RefreshRequest {
  /**
   * The most recent refresh token of the session.
   * @example "the refresh_token of the newest answer"
   */
  @Secret()
  @IsString()
  @MaxLength(500)
  refresh_token!: string;
}

@ApiSchema({ description: 'The tokens of a session.' })
export class Token {
  /**
   * A JWT for the header `Authorization: Bearer …`.
   * @example "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.c2lnbmF0dXJl"
   */
  access_token!: string;

  /**
   * How to send the access token. Always `bearer`.
   * @example "bearer"
   */
  token_type!: string;

  /**
   * Seconds until the access token expires.
   * @example 900
   */
  expires_in!: number;

  /**
   * A token to get new tokens when the access token expires: send it to `POST /auth/refresh`, or to `POST /auth/token`
   * with `grant_type=refresh_token`. It can be used once.
   * @example "XwxqDmo7Twudbg2KH2ssPWFuIGV4YW1wbGUgb2YgYSB0b2tlbiwgbm90IG9uZSBvZiB5b3Vycywgb2suLi4uLg"
   */
  refresh_token!: string;
}
