import { ApiSchema, PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { Secret } from '../kernel/validation/secret.js';

// Request and response models of sign-in and refresh.

/** The OAuth 2 password grant (RFC 6749 §4.3), with the fields of FastAPI's form. */
@ApiSchema({ description: 'Sign-in with e-mail and password: the OAuth 2 password grant (RFC 6749, section 4.3).' })
export class PasswordForm {
  /**
   * The OAuth 2 grant type. Always `password`; may be left out.
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
   * Required if the account has a second factor: a code from the authenticator app, or a recovery code.
   * @example "123456"
   */
  @Secret()
  @IsOptional()
  @IsString()
  @MaxLength(100)
  otp?: string | null;

  /** Accepted for OAuth 2 clients and ignored: a session may do everything that its user may do. */
  @IsString()
  @MaxLength(1000)
  scope: string = '';

  /**
   * Accepted for OAuth 2 clients and ignored.
   * @example "explorer"
   */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  client_id?: string | null;

  /**
   * Accepted for OAuth 2 clients and ignored.
   * @example "not-used"
   */
  @Secret()
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  client_secret?: string | null;
}

@ApiSchema({ description: 'New tokens for a refresh token: the OAuth 2 refresh grant (RFC 6749, section 6).' })
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
   * Accepted for OAuth 2 clients and ignored.
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
   * Gets new tokens when the access token expires, with `POST /auth/refresh` or the grant `refresh_token` of `POST
   * /auth/token`. It works once.
   * @example "XwxqDmo7Twudbg2KH2ssPWFuIGV4YW1wbGUgb2YgYSB0b2tlbiwgbm90IG9uZSBvZiB5b3Vycywgb2suLi4uLg"
   */
  refresh_token!: string;
}
