import { ApiSchema } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { IsLabel, IsStringMap, MayBeAbsent } from '../kernel/validation/fields.js';
import { Address, UserResponse } from './users.dto.js';

@ApiSchema({ description: 'The fields of your profile to be changed. Absent fields stay as they are.' })
export class ProfilePatch {
  /**
   * New display name. Spaces around it are removed. Line breaks and control characters are not allowed.
   * @example "Ann Lee"
   */
  @MayBeAbsent()
  @IsString()
  @IsLabel()
  @MinLength(2)
  @MaxLength(100)
  name?: string;

  /**
   * New text about you. Null removes it.
   * @example "Likes trains"
   */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  bio?: string | null;

  /** New postal address. Null removes it. */
  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  address?: Address | null;

  /**
   * New labels. They replace all previous ones.
   * @example ["early"]
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  tags?: string[];

  /**
   * New key-value pairs, with keys and values of your choice.
   * @example { "plan": "basic" }
   */
  @MayBeAbsent()
  @IsStringMap({ maxKeys: 100, maxLength: 1000 })
  metadata?: Record<string, string>;
}

@ApiSchema({ description: 'Your complete profile.' })
export class ProfileResponse extends UserResponse {
  /**
   * Text about you. Null if there is none.
   * @example "Likes trains"
   */
  bio!: string | null;

  /** Postal address. Null if there is none. */
  address!: Address | null;

  /**
   * Labels that you have set.
   * @example ["early"]
   */
  tags!: string[];

  /**
   * Key-value pairs that you have set.
   * @example { "plan": "basic" }
   */
  @IsStringMap({ maxKeys: 100, maxLength: 1000 })
  metadata!: Record<string, string>;

  /** When you confirmed the e-mail address (UTC). Null until then. */
  email_verified_at!: Date | null;
}
