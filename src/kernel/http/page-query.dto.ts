import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';

/** The last id that was seen, and how many rows came before; clients take it as it is. */
const CURSOR = /^\d{1,16}\.\d{1,14}$/;
/** The same where ids are UUIDs, written without hyphens; the end may be missing. */
const UUID_CURSOR = /^[\da-f]{1,32}\.\d{1,14}$/;

/** What lists of all kinds of ids take. */
class NumberedPage {
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
}

/** The parameters that every list takes; lists with filters extend it. */
export class PageQuery extends NumberedPage {
  /** Opaque cursor from a `Link` header: the rows behind it, at the same cost on every page; `page` is ignored then. */
  @IsOptional()
  @IsString()
  @MaxLength(31)
  @Matches(CURSOR)
  after?: string | null;

  /** Opaque cursor from a `Link` header: the rows before it. */
  @IsOptional()
  @IsString()
  @MaxLength(31)
  @Matches(CURSOR)
  before?: string | null;
}

/** The same for lists whose ids are UUIDs in the order of time. */
export class UuidPageQuery extends NumberedPage {
  /** Opaque cursor from a `Link` header: the rows behind it, at the same cost on every page; `page` is ignored then. */
  @IsOptional()
  @IsString()
  @MaxLength(47)
  @Matches(UUID_CURSOR)
  after?: string | null;

  /** Opaque cursor from a `Link` header: the rows before it. */
  @IsOptional()
  @IsString()
  @MaxLength(47)
  @Matches(UUID_CURSOR)
  before?: string | null;
}
