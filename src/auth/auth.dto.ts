import { PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { Secret } from '../kernel/validation/secret.js';

/** OAuth2's password grant (RFC 6749 §4.3), as FastAPI's form has it. */
export class PasswordForm {
  /** @example "password" */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @Matches(/^password$/)
  grant_type?: string | null;

  /**
   * The e-mail address.
   * @example "ann@aerie.example"
   */
  @IsString()
  @MaxLength(254)
  username!: string;

  /** @example "Password1" */
  @Secret()
  @IsString()
  @MaxLength(1000)
  password!: string;

  /**
   * For an account with a second factor: a code of the authenticator app, or a recovery code.
   * @example "123456"
   */
  @Secret()
  @IsOptional()
  @IsString()
  @MaxLength(100)
  otp?: string | null;

  /** Not used. */
  @IsString()
  @MaxLength(1000)
  scope: string = '';

  /**
   * Not used.
   * @example "explorer"
   */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  client_id?: string | null;

  /**
   * Not used.
   * @example "not-used"
   */
  @Secret()
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  client_secret?: string | null;
}

/** OAuth2's refresh of tokens (RFC 6749 §6). */
export class RefreshForm extends PickType(PasswordForm, ['scope', 'client_id']) {
  /** @example "refresh_token" */
  @IsIn(['refresh_token'])
  grant_type!: string;

  /**
   * The newest refresh token of the session.
   * @example "the refresh_token of the newest answer"
   */
  @Secret()
  @IsString()
  @MaxLength(500)
  refresh_token!: string;

  /**
   * Not used.
   * @example "not-used"
   */
  @Secret()
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  client_secret?: string | null;
}

export class RefreshRequest {
  /**
   * The newest refresh token of the session.
   * @example "the refresh_token of the newest answer"
   */
  @Secret()
  @IsString()
  @MaxLength(500)
  refresh_token!: string;
}

export class Token {
  /**
   * A JWT for the header `Authorization: Bearer …`.
   * @example "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.c2lnbmF0dXJl"
   */
  access_token!: string;

  /** @example "bearer" */
  token_type!: string;

  /**
   * Seconds until the access token expires.
   * @example 900
   */
  expires_in!: number;

  /**
   * Good once, for `POST /auth/refresh` or the grant `refresh_token` of `POST /auth/token`.
   * @example "XwxqDmo7Twudbg2KH2ssPWFuIGV4YW1wbGUgb2YgYSB0b2tlbiwgbm90IG9uZSBvZiB5b3Vycywgb2suLi4uLg"
   */
  refresh_token!: string;
}
