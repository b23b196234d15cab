import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsEnum,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { UserRole } from '../kernel/access/access.js';
import { MAX_ID } from '../kernel/database/ids.js';
import { IsOpaqueString } from '../kernel/validation/fields.js';
import { Secret } from '../kernel/validation/secret.js';
import { OrderStatus } from '../orders/order.entity.js';

const MANY = 5_000_000;

class Row {
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  id!: number;
}

class Dated extends Row {
  /** Absent: now. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  @IsISO8601({ strict: true })
  created_at?: string | null;
}

export class UserRow extends Dated {
  @IsEmail()
  email!: string;

  @IsString()
  @MaxLength(100)
  name!: string;

  @IsEnum(UserRole)
  role: UserRole = UserRole.user;

  @IsBoolean()
  is_active: boolean = true;

  @IsOptional()
  @IsString()
  @MaxLength(2000)
  bio: string | null = null;

  /** In clear; stored as a hash. */
  @Secret()
  @IsString()
  @IsOpaqueString()
  @MaxLength(128)
  password!: string;
}

export class ItemRow extends Dated {
  @IsString()
  @MaxLength(200)
  name!: string;

  @IsOptional()
  @IsString()
  @MaxLength(5000)
  description: string | null = null;

  @IsInt()
  @Min(0)
  @Max(100_000_000)
  price_cents!: number;

  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  stock!: number;
}

export class PostRow extends Dated {
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id!: number;

  @IsString()
  @MaxLength(200)
  title!: string;

  @IsString()
  @MaxLength(20_000)
  body!: string;
}

export class OrderRow extends Dated {
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id!: number | null;

  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  item_id!: number;

  @IsInt()
  @Min(1)
  @Max(10_000)
  quantity!: number;

  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  total_cents!: number;

  @IsEnum(OrderStatus)
  status: OrderStatus = OrderStatus.new;
}

/** The shape of a seed file. */
export class SeedFile {
  @IsArray()
  @ArrayMaxSize(MANY)
  @ValidateNested({ each: true })
  @Type(() => UserRow)
  users: UserRow[] = [];

  @IsArray()
  @ArrayMaxSize(MANY)
  @ValidateNested({ each: true })
  @Type(() => ItemRow)
  items: ItemRow[] = [];

  @IsArray()
  @ArrayMaxSize(MANY)
  @ValidateNested({ each: true })
  @Type(() => PostRow)
  posts: PostRow[] = [];

  @IsArray()
  @ArrayMaxSize(MANY)
  @ValidateNested({ each: true })
  @Type(() => OrderRow)
  orders: OrderRow[] = [];
}
