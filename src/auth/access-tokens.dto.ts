import { ApiSchema } from '@nestjs/swagger';
import { IsEnum, IsInt, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { IsLabel } from '../kernel/validation/fields.js';
import { AccessScope } from './access-token.entity.js';

// Request and response models of /auth/access-tokens.

@ApiSchema({ description: 'The settings of a new personal access token.' })
export class AccessTokenCreate {
  /**
   * A name that reminds you what the token is for. Spaces around it are removed. Line breaks and control characters are
   * not allowed.
   * @example "nightly export"
   */
  @IsString()
  @IsLabel()
  @MinLength(1)
  @MaxLength(100)
  name!: string;

  /**
   * `read` allows only `GET` and `HEAD`, `write` allows all methods. Some operations do not accept personal access
   * tokens at all: see **Access** in the description of each operation.
   * @example "read"
   */
  @IsEnum(AccessScope)
  scope!: AccessScope;

  /**
   * Days until the token expires, 1 to 365.
   * @example 30
   */
  @IsInt()
  @Min(1)
  @Max(365)
  expires_in_days!: number;
}

@ApiSchema({ description: 'A personal access token, without its value.' })
export class AccessTokenResponse {
  /**
   * Id of the token, used to revoke it.
   * @example 1
   */
  id!: number;

  /**
   * The name that its owner gave it.
   * @example "nightly export"
   */
  name!: string;

  /**
   * What the token allows: `read` (GET and HEAD only) or `write`.
   * @example "read"
   */
  scope!: AccessScope;

  /** When the token was created (UTC). */
  created_at!: Date;

  /** When the token was last used (UTC). Updated at most once per minute. Null if the token was never used. */
  last_used_at!: Date | null;

  /** When the token expires (UTC). */
  expires_at!: Date;
}

@ApiSchema({ description: 'A new personal access token, with its value.' })
export class AccessTokenMade extends AccessTokenResponse {
  /**
   * The token value, for the header `Authorization: Bearer …`. It is shown only once.
   * @example "aerie_pat_q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJAx5Yt2"
   */
  token!: string;
}
