import { ApiSchema } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { CreatedPageQuery, IsSort } from '../kernel/http/page-query.dto.js';
import { Versioned } from '../kernel/database/versioned.js';
import { IsLabel, MayBeAbsent, Trimmed } from '../kernel/validation/fields.js';
import { Item } from './item.entity.js';

/** With at most 10,000 pieces per order, totals stay far within JavaScript's safe integers. */
const MAX_PRICE_CENTS = 100_000_000;
const MAX_STOCK = 1_000_000_000;

@ApiSchema({ description: 'All fields of an item, to create or replace it.' })
export class ItemCreate {
  /**
   * Name of the item. Spaces around it are removed. Line breaks and control characters are not allowed.
   * @example "Desk lamp"
   */
  @IsString()
  @IsLabel()
  @MinLength(1)
  @MaxLength(200)
  name!: string;

  /**
   * Description of the item. If it is null or absent, the item has none.
   * @example "Warm light, 40 cm"
   */
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
   * Number of pieces in stock.
   * @example 100
   */
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  stock: number = 0;
}

@ApiSchema({ description: 'The fields of an item to be changed. Absent fields stay as they are.' })
export class ItemPatch {
  /**
   * New name of the item. Spaces around it are removed. Line breaks and control characters are not allowed.
   * @example "Desk lamp"
   */
  @MayBeAbsent()
  @IsString()
  @IsLabel()
  @MinLength(1)
  @MaxLength(200)
  name?: string;

  /**
   * New description of the item. Null removes it.
   * @example "Warm light, 40 cm"
   */
  @IsOptional()
  @IsString()
  @MaxLength(5000)
  description?: string | null;

  /**
   * New price of one piece in cents. Existing orders keep their price.
   * @example 2495
   */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_CENTS)
  price_cents?: number;

  /**
   * New number of pieces in stock.
   * @example 100
   */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  stock?: number;
}

@Versioned(Item)
@ApiSchema({ description: 'An item of the catalogue.' })
export class ItemResponse {
  /**
   * Id of the item.
   * @example 1
   */
  id!: number;

  /**
   * Name of the item.
   * @example "Desk lamp"
   */
  name!: string;

  /**
   * Description of the item. Null if there is none.
   * @example "Warm light, 40 cm"
   */
  description!: string | null;

  /**
   * Price of one piece in cents.
   * @example 2495
   */
  price_cents!: number;

  /**
   * Number of pieces that can be ordered.
   * @example 100
   */
  stock!: number;

  /** True if at least one piece can be ordered. */
  in_stock!: boolean;

  /** When the item was added to the catalogue (UTC). */
  created_at!: Date;
}

@ApiSchema({ description: 'The position of a page in its list.' })
export class Pagination {
  /**
   * Number of rows before this page.
   * @example 10
   */
  skip!: number;

  /**
   * Maximum number of rows on a page.
   * @example 10
   */
  limit!: number;
}

@ApiSchema({ description: 'A page of items.' })
export class ItemList {
  /** The position of this page in the list. */
  pagination!: Pagination;

  /** The items of this page. */
  items!: ItemResponse[];
}

export class ItemListQuery extends CreatedPageQuery {
  /**
   * Only items whose name contains all these words or parts of words, in any order. Letter case and accents are
   * ignored.
   * @example "lamp"
   */
  @IsOptional()
  @IsString()
  @Trimmed()
  @MaxLength(200)
  search?: string | null;

  /**
   * Only items that cost at least this many cents.
   * @example 100
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_CENTS)
  min_price_cents?: number | null;

  /**
   * Only items that cost at most this many cents.
   * @example 5000
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_CENTS)
  max_price_cents?: number | null;

  /**
   * Only items with at least this many pieces in stock. Use 1 for items that can be ordered.
   * @example 1
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  min_stock?: number | null;

  /**
   * Only items with at most this many pieces in stock. Use 0 for items that are sold out.
   * @example 1000
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_STOCK)
  max_stock?: number | null;

  /**
   * Fields to sort by, separated by commas: `name`, `price_cents`, `stock`, `created_at`. A leading `-` sorts in
   * descending order. Default: by `id`.
   * @example "price_cents,-created_at"
   */
  @IsSort('name', 'price_cents', 'stock', 'created_at')
  sort?: string | null;
}
