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
import { HasUpperCase, HasVisible, IsOpaqueString, IsStringMap, Trimmed } from '../kernel/validation/fields.js';
import { Secret } from '../kernel/validation/secret.js';
import { User } from './user.entity.js';

export class UserBase {
  /**
   * E-mail address; kept and compared in one form: lower case, NFC, the domain in
   * Unicode.
   * @example "grace@example.com"
   */
  @IsEmail()
  email!: string;

  /**
   * How to call the person; white space around it is left out.
   * @example "Grace"
   */
  @IsString()
  @Trimmed()
  @HasVisible()
  @MinLength(2)
  @MaxLength(100)
  name!: string;

  /**
   * What the account may do.
   * @example "user"
   */
  @IsEnum(UserRole)
  role: UserRole = UserRole.user;
}

export class UserCreate extends UserBase {
  /**
   * At least 8 characters (or more: `PASSWORD_MIN_LENGTH`), one of them an upper-case letter. However a
   * keyboard composes its characters, they are the same password. In production it must not be
   * one that many people use, nor be made of the e-mail address or the name (`PASSWORD_BLOCKLIST`).
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
export class UserResponse extends UserBase {
  /** @example 1 */
  id!: number;

  /** When the account was made. */
  created_at!: Date;
}

export class UserUpdate {
  /**
   * Absent or null: unchanged.
   * @example "Ann Lee"
   */
  @IsOptional()
  @IsString()
  @Trimmed()
  @HasVisible()
  @MinLength(2)
  @MaxLength(100)
  name?: string | null;

  /**
   * Absent or null: unchanged.
   * @example "Likes trains"
   */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  bio?: string | null;
}

export class UserReplace {
  @ValidateNested()
  @Type(() => UserUpdate)
  user!: UserUpdate;

  /**
   * Why; kept in the audit trail.
   * @example "marriage"
   */
  @IsString()
  @MaxLength(1000)
  reason!: string;
}

export class UserReplaced {
  /** @example 1 */
  id!: number;

  /** @example "marriage" */
  reason!: string;

  /** @example "Ann Lee" */
  name?: string;

  /** @example "Likes trains" */
  bio?: string;
}

export class Address {
  /** @example "Main Street 1" */
  @IsString()
  @MaxLength(200)
  street!: string;

  /** @example "Springfield" */
  @IsString()
  @MaxLength(100)
  city!: string;

  /**
   * Country code.
   * @example "US"
   */
  @IsString()
  @MaxLength(100)
  country: string = 'US';
}

export class UserWithAddress extends UserBase {
  /** Postal address. */
  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  address: Address | null = null;

  /**
   * Free labels.
   * @example ["early"]
   */
  @IsArray()
  @ArrayMaxSize(5000)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  tags: string[] = [];

  /**
   * Free facts.
   * @example { "plan": "basic" }
   */
  @IsStringMap({ maxKeys: 100, maxLength: 1000 })
  metadata: Record<string, string> = {};
}

/** What would be stored. */
export class UserPreview extends UserWithAddress {}

export class ProfileResponse extends UserResponse {
  /** @example "Likes trains" */
  bio!: string | null;

  address!: Address | null;

  /** @example ["early"] */
  tags!: string[];

  /** @example { "plan": "basic" } */
  @IsStringMap({ maxKeys: 100, maxLength: 1000 })
  metadata!: Record<string, string>;

  /** When you have shown that the e-mail address is yours; null: not yet. */
  email_verified_at!: Date | null;
}

export class UserListQuery extends CreatedPageQuery {
  /**
   * Words of the name or the e-mail address, or parts of them, in any order; letter case and accents do not count.
   * @example "ann"
   */
  @IsOptional()
  @IsString()
  @Trimmed()
  @MaxLength(200)
  search?: string | null;

  /** Accounts that may sign in, or those that may not. */
  @IsBoolean()
  active: boolean = true;

  /**
   * Only accounts of this role.
   * @example "user"
   */
  @IsOptional()
  @IsEnum(UserRole)
  role?: UserRole | null;

  /**
   * The order: `name`, `email`, `created_at`, the one that counts more first, with `-` for descending. Without it: by `id`.
   * @example "name,-created_at"
   */
  @IsSort('name', 'email', 'created_at')
  sort?: string | null;
}

export class EmailQuery {
  /**
   * Where the welcome mail goes.
   * @example "ann@aerie.example"
   */
  @IsEmail()
  email!: string;
}

export class Notice {
  /** @example "Email queued" */
  message!: string;
}
