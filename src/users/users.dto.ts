import { ApiSchema } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsEnum,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { UserRole } from '../kernel/access/access.js';
import { CreatedPageQuery, IsSort } from '../kernel/http/page-query.dto.js';
import { Versioned } from '../kernel/database/versioned.js';
import { HasUpperCase, IsLabel, IsOpaqueString, IsStringMap, Trimmed } from '../kernel/validation/fields.js';
import { Secret } from '../kernel/validation/secret.js';
import { User } from './user.entity.js';

export class UserBase {
  /**
   * E-mail address of the account, also used to sign in. It is stored in lower case and Unicode NFC, with the domain in
   * Unicode.
   * @example "grace@example.com"
   */
  @IsEmail()
  email!: string;

  /**
   * Display name. Spaces around it are removed. Line breaks and control characters are not allowed.
   * @example "Grace"
   */
  @IsString()
  @IsLabel()
  @MinLength(2)
  @MaxLength(100)
  name!: string;

  /**
   * Role of the account: `user` for access to its own data, `admin` for access to everything.
   * @example "user"
   */
  @IsEnum(UserRole)
  role: UserRole = UserRole.user;
}

@ApiSchema({ description: 'An account to be created.' })
export class UserCreate extends UserBase {
  /**
   * At least 8 characters, including an upper-case letter. The server can require more characters
   * (`PASSWORD_MIN_LENGTH`). With `PASSWORD_BLOCKLIST`, the default in production, it refuses passwords that are common
   * or similar to the e-mail address or name. Different Unicode forms of the same characters count as the same
   * password.
   * @example "Password1"
   */
  @Secret()
  @IsString()
  @IsOpaqueString()
  @MinLength(8)
  @MaxLength(128)
  @HasUpperCase('Password must contain uppercase letter')
  password!: string;
}

@Versioned(User)
@ApiSchema({ description: 'A user account.' })
export class UserResponse extends UserBase {
  /**
   * Id of the account.
   * @example 1
   */
  id!: number;

  /** When the account was created (UTC). */
  created_at!: Date;
}

@ApiSchema({ description: 'The fields of an account to be changed.' })
export class UserUpdate {
  /**
   * New display name. If it is null or absent, the name stays as it is. Spaces around it are removed. Line breaks and
   * control characters are not allowed.
   * @example "Ann Lee"
   */
  @IsOptional()
  @IsString()
  @IsLabel()
  @MinLength(2)
  @MaxLength(100)
  name?: string | null;

  /**
   * New text about the user. If it is null or absent, the text stays as it is.
   * @example "Likes trains"
   */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  bio?: string | null;
}

@ApiSchema({ description: 'The changes to an account, and the reason for them.' })
export class UserReplace {
  /** The fields to be changed. */
  @ValidateNested()
  @Type(() => UserUpdate)
  user!: UserUpdate;

  /**
   * Why the account changes. The reason is stored in the audit trail.
   * @example "marriage"
   */
  @IsString()
  @MaxLength(1000)
  reason!: string;
}

@ApiSchema({ description: 'The changed fields of the account, and the reason.' })
export class UserReplaced {
  /**
   * Id of the account.
   * @example 1
   */
  id!: number;

  /**
   * The reason from the request.
   * @example "marriage"
   */
  reason!: string;

  /**
   * The new display name. Absent if the request did not set it.
   * @example "Ann Lee"
   */
  name?: string;

  /**
   * The new text about the user. Absent if the request did not set it.
   * @example "Likes trains"
   */
  bio?: string;
}

@ApiSchema({ description: 'A postal address.' })
export class Address {
  /**
   * Street and house number.
   * @example "Main Street 1"
   */
  @IsString()
  @MaxLength(200)
  street!: string;

  /**
   * City or town, with a postal code if there is one.
   * @example "Springfield"
   */
  @IsString()
  @MaxLength(100)
  city!: string;

  /**
   * Country, usually as a two-letter code (ISO 3166-1).
   * @example "US"
   */
  @IsString()
  @MaxLength(100)
  country: string = 'US';
}

@ApiSchema({ description: 'The account to validate, with an address.' })
export class UserWithAddress extends UserBase {
  /** Postal address. Null if there is none. */
  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  address: Address | null = null;

  /**
   * Labels of your choice.
   * @example ["early"]
   */
  @IsArray()
  @ArrayMaxSize(5000)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  tags: string[] = [];

  /**
   * Key-value pairs, with keys and values of your choice.
   * @example { "plan": "basic" }
   */
  @IsStringMap({ maxKeys: 100, maxLength: 1000 })
  metadata: Record<string, string> = {};
}

@ApiSchema({ description: 'The account as it would be stored.' })
export class UserPreview extends UserWithAddress {}

export class UserListQuery extends CreatedPageQuery {
  /**
   * Only accounts whose name or e-mail address contains all these words or parts of words, in any order. Letter case
   * and accents are ignored.
   * @example "ann"
   */
  @IsOptional()
  @IsString()
  @Trimmed()
  @MaxLength(200)
  search?: string | null;

  /** If true, only accounts that can sign in are returned. If false, only disabled accounts are returned. */
  @IsBoolean()
  active: boolean = true;

  /**
   * Only accounts with this role.
   * @example "user"
   */
  @IsOptional()
  @IsEnum(UserRole)
  role?: UserRole | null;

  /**
   * Fields to sort by, separated by commas: `name`, `email`, `created_at`. A leading `-` sorts in descending order.
   * Default: by `id`.
   * @example "name,-created_at"
   */
  @IsSort('name', 'email', 'created_at')
  sort?: string | null;
}
