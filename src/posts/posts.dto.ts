import { IsString, MaxLength, MinLength } from 'class-validator';
import { Versioned } from '../kernel/database/versioned.js';
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
