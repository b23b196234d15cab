import { IsEnum, IsInt, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { HasVisible, Trimmed } from '../kernel/validation/fields.js';
import { AccessScope } from './access-token.entity.js';

export class AccessTokenCreate {
  /**
   * What it is for, so that you know later which one to revoke.
   * @example "nightly export"
   */
  @IsString()
  @Trimmed()
  @HasVisible()
  @MinLength(1)
  @MaxLength(100)
  name!: string;

  /**
   * `read`: GET and HEAD only. `write`: all that you may do, but for signing in and what belongs to it.
   * @example "read"
   */
  @IsEnum(AccessScope)
  scope!: AccessScope;

  /**
   * Days until it is good no more.
   * @example 30
   */
  @IsInt()
  @Min(1)
  @Max(365)
  expires_in_days!: number;
}

export class AccessTokenResponse {
  /** @example 1 */
  id!: number;

  /** @example "nightly export" */
  name!: string;

  /** @example "read" */
  scope!: AccessScope;

  created_at!: Date;

  /** To the minute; null: never. */
  last_used_at!: Date | null;

  expires_at!: Date;
}

export class AccessTokenMade extends AccessTokenResponse {
  /**
   * For the header `Authorization: Bearer …`. It is not shown again.
   * @example "aerie_pat_q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJAx5Yt2"
   */
  token!: string;
}
