import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';

/** The last id that was seen, and how many rows came before; clients take it as it is. */
const CURSOR = /^\d{1,10}\.\d{1,14}$/;

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

  /** Opaque cursor from a `Link` header: the rows behind it, at the same cost on every page; `page` is ignored then. */
  @IsOptional()
  @IsString()
  @MaxLength(25)
  @Matches(CURSOR)
  after?: string | null;

  /** Opaque cursor from a `Link` header: the rows before it. */
  @IsOptional()
  @IsString()
  @MaxLength(25)
  @Matches(CURSOR)
  before?: string | null;
}
