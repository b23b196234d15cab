import { IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { CreatedPageQuery, IsSort } from '../kernel/http/page-query.dto.js';
import { Versioned } from '../kernel/database/versioned.js';
import { HasVisible, MayBeAbsent, Trimmed } from '../kernel/validation/fields.js';
import { Item } from './item.entity.js';

/** With at most 10,000 pieces an order, a total stays far inside JavaScript's safe integers. */
const MAX_PRICE_CENTS = 100_000_000;
const MAX_STOCK = 1_000_000_000;

export class ItemCreate {
  /** @example "Desk lamp" */
  @IsString()
  @Trimmed()
  @HasVisible()
  @MinLength(1)
  @MaxLength(200)
  name!: string;

  /** @example "Warm light, 40 cm" */
  @IsOptional()
  @IsString()
  @MaxLength(5000)
  description?: string | null;

  /**
   * Price of one piece in cents.
   * @example 2495
   */
  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_CENTS)
  price_cents!: number;

  /**
   * Pieces that can be ordered.
   * @example 100
   */
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  stock: number = 0;
}

export class ItemPatch {
  /** @example "Desk lamp" */
  @MayBeAbsent()
  @IsString()
  @Trimmed()
  @HasVisible()
  @MinLength(1)
  @MaxLength(200)
  name?: string;

  /**
   * Null clears it.
   * @example "Warm light, 40 cm"
   */
  @IsOptional()
  @IsString()
  @MaxLength(5000)
  description?: string | null;

  /** @example 2495 */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_CENTS)
  price_cents?: number;

  /** @example 100 */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  stock?: number;
}

@Versioned(Item)
export class ItemResponse {
  /** @example 1 */
  id!: number;

  /** @example "Desk lamp" */
  name!: string;

  /** @example "Warm light, 40 cm" */
  description!: string | null;

  /** @example 2495 */
  price_cents!: number;

  /** @example 100 */
  stock!: number;

  /** Whether any piece can be ordered. */
  in_stock!: boolean;

  created_at!: Date;
}

export class Pagination {
  /**
   * Rows before the first one.
   * @example 10
   */
  skip!: number;

  /** @example 10 */
  limit!: number;
}

export class ItemList {
  pagination!: Pagination;

  items!: ItemResponse[];
}

export class ItemListQuery extends CreatedPageQuery {
  /**
   * Words of the name, or parts of them, in any order; letter case and accents do not count.
   * @example "lamp"
   */
  @IsOptional()
  @IsString()
  @Trimmed()
  @MaxLength(200)
  search?: string | null;

  /**
   * At least this price.
   * @example 100
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_CENTS)
  min_price_cents?: number | null;

  /**
   * At most this price.
   * @example 5000
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_CENTS)
  max_price_cents?: number | null;

  /**
   * At least so many pieces: 1 for what can be ordered.
   * @example 1
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  min_stock?: number | null;

  /**
   * At most so many pieces: 0 for what is sold out.
   * @example 1000
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  max_stock?: number | null;

  /**
   * The order: `name`, `price_cents`, `stock`, `created_at`, the one that counts more first, with `-` for descending. Without
   * it: by `id`.
   * @example "price_cents,-created_at"
   */
  @IsSort('name', 'price_cents', 'stock', 'created_at')
  sort?: string | null;
}
