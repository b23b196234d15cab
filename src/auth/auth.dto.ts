import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
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
   * @example "ann@example.com"
   */
  @IsString()
  @MaxLength(254)
  username!: string;

  /** @example "Password1" */
  @Secret()
  @IsString()
  @MaxLength(1000)
  password!: string;

  /** Not used. */
  @IsString()
  @MaxLength(1000)
  scope: string = '';

  /** Not used. */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  client_id?: string | null;

  /** Not used. */
  @Secret()
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  client_secret?: string | null;
}

export class RefreshRequest {
  /** The newest refresh token of the session. */
  @Secret()
  @IsString()
  @MaxLength(500)
  refresh_token!: string;
}

export class Token {
  /** A JWT for the header `Authorization: Bearer …`. */
  access_token!: string;

  /** @example "bearer" */
  token_type!: string;

  /**
   * Seconds until the access token expires.
   * @example 900
   */
  expires_in!: number;

  /** Good once, for `POST /auth/refresh`. */
  refresh_token!: string;
}
