import { ApiSchema } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { MAX_ID } from '../kernel/database/ids.js';
import { Versioned } from '../kernel/database/versioned.js';
import { CreatedPageQuery, IsSort } from '../kernel/http/page-query.dto.js';
import { IsLabel, Trimmed } from '../kernel/validation/fields.js';
import { PatchType } from '../kernel/validation/patch-type.js';
import { Post } from './post.entity.js';

@ApiSchema({ description: 'A post to be published.' })
export class PostCreate {
  /**
   * Title of the post. Spaces around it are removed. Line breaks and control characters are not allowed.
   * @example "Hello"
   */
  @IsString()
  @IsLabel()
  @MinLength(1)
  @MaxLength(200)
  title!: string;

  /**
   * Text of the post.
   * @example "My first post."
   */
  @IsString()
  @MaxLength(20_000)
  body!: string;
}

@ApiSchema({ description: 'The fields of a post to be changed. Absent fields stay as they are.' })
export class PostPatch extends PatchType(PostCreate) {}

@Versioned(Post)
@ApiSchema({ description: 'A published post.' })
export class PostResponse {
  /**
   * Id of the post.
   * @example 1
   */
  id!: number;

  /**
   * Id of the author.
   * @example 2
   */
  user_id!: number;

  /**
   * Title of the post.
   * @example "Hello"
   */
  title!: string;

  /**
   * Text of the post.
   * @example "My first post."
   */
  body!: string;

  /** When the post was published (UTC). */
  created_at!: Date;
}

@ApiSchema({ description: 'A post of one author.' })
export class UserPost extends PostResponse {
  /**
   * Id of the post, the same as `id`.
   * @example 1
   */
  post_id!: number;
}

/** The query of a list of one author's posts. */
export class UserPostListQuery extends CreatedPageQuery {
  /**
   * Only posts whose title or text contains all these words or parts of words, in any order. Letter case and accents
   * are ignored. Words of one or two letters are searched in the title only.
   * @example "hello"
   */
  @IsOptional()
  @IsString()
  @Trimmed()
  @MaxLength(200)
  search?: string | null;

  /**
   * Fields to sort by, separated by commas: `title`, `created_at`. A leading `-` sorts in descending order. Default:
   * by `id`.
   * @example "-created_at"
   */
  @IsSort('title', 'created_at')
  sort?: string | null;
}

export class PostListQuery extends UserPostListQuery {
  /**
   * Only posts by the user with this id.
   * @example 2
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ID)
  user_id?: number | null;
}
