import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

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
  @MaxLength(64)
  after?: string | null;

  /** Opaque cursor from a `Link` header: the rows before it. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  before?: string | null;
}
