import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { HasVisible, IsStringMap, MayBeAbsent, Trimmed } from '../kernel/validation/fields.js';
import { Address } from './users.dto.js';

export class ProfilePatch {
  /** @example "Ann Lee" */
  @MayBeAbsent()
  @IsString()
  @Trimmed()
  @HasVisible()
  @MinLength(2)
  @MaxLength(100)
  name?: string;

  /**
   * Null clears it.
   * @example "Likes trains"
   */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  bio?: string | null;

  /** Null clears it. */
  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  address?: Address | null;

  /** @example ["early"] */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  tags?: string[];

  /** @example { "plan": "basic" } */
  @MayBeAbsent()
  @IsStringMap({ maxKeys: 100, maxLength: 1000 })
  metadata?: Record<string, string>;
}
