import { applyDecorators } from '@nestjs/common';
import { IsBoolean, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { IsDateTime, textRule, Trimmed } from '../validation/fields.js';

// Query parameters of lists: pages, cursors, counts, times, searches and sorts.

/**
 * A cursor as ListOrder creates it: an id (a UUID without hyphens), the number of rows before it, and values of the
 * row. It is opaque to clients.
 */
const CURSOR = /^(?:\d{1,16}|[\da-f]{32})\.\d{1,14}(?:\.[\w-]{2,2000})?$/;
const LONGEST_CURSOR = 2048;

/** The parameters of every list. Queries with filters extend this class. */
export class PageQuery {
  /**
   * Page number, starting at 1. High page numbers take longer: to read a long list, use `after`.
   * @example 1
   */
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  page: number = 1;

  /**
   * Maximum number of rows on a page.
   * @example 10
   */
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 10;

  /**
   * A cursor from the `next` URL of a `Link` header. Returns the rows that follow; `page` is ignored. Each page takes
   * the same time, however long the list is. A cursor is valid only for the same list and the same `sort`.
   */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_CURSOR)
  @Matches(CURSOR)
  after?: string | null;

  /** A cursor from the `prev` URL of a `Link` header. Returns the rows before it. Ignored if `after` is given. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_CURSOR)
  @Matches(CURSOR)
  before?: string | null;

  /**
   * If true, the response has the number of all matching rows in `X-Total-Count`. Counting a long list takes longer.
   */
  @IsBoolean()
  count?: boolean = false;
}

/** The same for lists of rows with a `created_at`. */
export class CreatedPageQuery extends PageQuery {
  /**
   * Only rows created at or after this time. A time without an offset is UTC. If there is no `sort`, this filter sorts
   * the rows by `created_at`.
   * @example "2026-01-31T09:30:00.000Z"
   */
  @IsOptional()
  @IsDateTime()
  created_from?: Date | null;

  /**
   * Only rows created at or before this time. A time without an offset is UTC. If there is no `sort`, this filter sorts
   * the rows by `created_at`.
   * @example "2036-01-31T09:30:00.000Z"
   */
  @IsOptional()
  @IsDateTime()
  created_to?: Date | null;
}

/** The same for lists that are searched. */
export class SearchQuery extends PageQuery {
  /**
   * Only rows that contain all these words or parts of words, in any order. Letter case and accents are ignored.
   * @example "lamp"
   */
  @IsOptional()
  @IsString()
  @Trimmed()
  @MaxLength(200)
  search?: string | null;
}

/** Longer than any valid sort, so that the error for an unknown column names the columns and not the length. */
const LONGEST_SORT = 200;

/** Validates the property `sort` of a list's query. `columns` are the columns that the list can be sorted by. */
export function IsSort(...columns: readonly string[]): PropertyDecorator {
  const one = `-?(?:${columns.join('|')})`;
  const pattern = columns.length === 1 ? `^${one}$` : `^${one}(?:,${one}){0,${columns.length - 1}}$`;
  return applyDecorators(
    IsOptional(),
    IsString(),
    MaxLength(LONGEST_SORT),
    Matches(new RegExp(pattern)),
    textRule('isSort', isDistinct, 'A field can be named only once'),
  );
}

function isDistinct(sort: string): boolean {
  const names = sort.replaceAll('-', '').split(',');
  return new Set(names).size === names.length;
}
