import { applyDecorators } from '@nestjs/common';
import { IsBoolean, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min, ValidateBy } from 'class-validator';
import { IsDateTime } from '../validation/fields.js';

/** What ListOrder writes: an id (a UUID without hyphens), how many rows came before, values of the row. Clients take it as it is. */
const CURSOR = /^(?:\d{1,16}|[\da-f]{32})\.\d{1,14}(?:\.[\w-]{2,2000})?$/;
const LONGEST_CURSOR = 2048;

/** The parameters that every list takes; lists with filters extend it. */
export class PageQuery {
  /**
   * Number of the page, from 1.
   * @example 1
   */
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  page: number = 1;

  /**
   * Rows on a page.
   * @example 10
   */
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 10;

  /**
   * Opaque cursor from a `Link` header: the rows behind it, at the same cost on every page; `page` is ignored then. It is of
   * its list in its order.
   */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_CURSOR)
  @Matches(CURSOR)
  after?: string | null;

  /** Opaque cursor from a `Link` header: the rows before it. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_CURSOR)
  @Matches(CURSOR)
  before?: string | null;

  /** Whether all rows of the list are counted, for `X-Total-Count`: that takes the longer, the more there are. */
  @IsBoolean()
  count?: boolean = false;
}

/** The same for lists of rows with a `created_at`. */
export class CreatedPageQuery extends PageQuery {
  /**
   * Not made before this time. Without `sort` the list is in the order of `created_at` then.
   * @example "2026-01-31T09:30:00.000Z"
   */
  @IsOptional()
  @IsDateTime()
  created_from?: Date | null;

  /**
   * Not made after this time. Without `sort` the list is in the order of `created_at` then.
   * @example "2036-01-31T09:30:00.000Z"
   */
  @IsOptional()
  @IsDateTime()
  created_to?: Date | null;
}

/** The columns that a list can be sorted by, by their names: for the property `sort` of its query. */
export function IsSort(...columns: readonly string[]): PropertyDecorator {
  const one = `-?(?:${columns.join('|')})`;
  const pattern = columns.length === 1 ? `^${one}$` : `^${one}(?:,${one}){0,${columns.length - 1}}$`;
  const longest = columns.map((column) => `-${column}`).join().length;
  return applyDecorators(
    IsOptional(),
    IsString(),
    MaxLength(longest),
    Matches(new RegExp(pattern)),
    ValidateBy({
      name: 'isSort',
      validator: { validate: isDistinct, defaultMessage: () => 'A field can be named only once' },
    }),
  );
}

function isDistinct(sort: unknown): boolean {
  const names = String(sort).replaceAll('-', '').split(',');
  return new Set(names).size === names.length;
}
