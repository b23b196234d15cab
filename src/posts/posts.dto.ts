import { IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { MAX_ID } from '../kernel/database/ids.js';
import { Versioned } from '../kernel/database/versioned.js';
import { CreatedPageQuery, IsSort } from '../kernel/http/page-query.dto.js';
import { HasVisible, MayBeAbsent, Trimmed } from '../kernel/validation/fields.js';
import { Post } from './post.entity.js';

export class PostCreate {
  /** @example "Hello" */
  @IsString()
  @Trimmed()
  @HasVisible()
  @MinLength(1)
  @MaxLength(200)
  title!: string;

  /** @example "My first post." */
  @IsString()
  @MaxLength(20_000)
  body!: string;
}

export class PostPatch {
  /** @example "Hello again" */
  @MayBeAbsent()
  @IsString()
  @Trimmed()
  @HasVisible()
  @MinLength(1)
  @MaxLength(200)
  title?: string;

  /** @example "My first post, corrected." */
  @MayBeAbsent()
  @IsString()
  @MaxLength(20_000)
  body?: string;
}

@Versioned(Post)
export class PostResponse {
  /** @example 1 */
  id!: number;

  /**
   * The author.
   * @example 2
   */
  user_id!: number;

  /** @example "Hello" */
  title!: string;

  /** @example "My first post." */
  body!: string;

  created_at!: Date;
}

export class UserPost extends PostResponse {
  /** @example 1 */
  post_id!: number;
}

/** Of the posts of one author. */
export class UserPostListQuery extends CreatedPageQuery {
  /**
   * Words of title or text, or parts of them, in any order; letter case and accents do not count. Parts of one or two letters
   * are looked for in the title.
   * @example "hello"
   */
  @IsOptional()
  @IsString()
  @Trimmed()
  @MaxLength(200)
  search?: string | null;

  /**
   * The order: `title`, `created_at`, the one that counts more first, with `-` for descending. Without it: by `id`.
   * @example "-created_at"
   */
  @IsSort('title', 'created_at')
  sort?: string | null;
}

export class PostListQuery extends UserPostListQuery {
  /**
   * Only posts of this author.
   * @example 2
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id?: number | null;
}
