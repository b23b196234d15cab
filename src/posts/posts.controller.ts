import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentUser, Public, SignedIn, type Caller } from '../kernel/access/access.js';
import { created } from '../kernel/http/response-with-headers.js';
import { IdPipe } from '../kernel/http/id.pipe.js';
import { Returns, ReturnsNothing } from '../kernel/http/returns.js';
import { Tag } from '../openapi/tags.js';
import { PostCreate, PostListQuery, PostPatch, PostResponse } from './posts.dto.js';
import { postNotFound } from './posts.errors.js';
import { PostsService } from './posts.service.js';

@Tag('posts', 'Posts that users publish.')
@Controller('api/v1/posts')
export class PostsController {
  constructor(private readonly posts: PostsService) {}

  /** Lists all posts. Without `sort`, the oldest posts come first. */
  @Public()
  @Get()
  @Returns([PostResponse])
  listPosts(@Query() query: PostListQuery) {
    return this.posts.list(query);
  }

  /** Shows a post. */
  @Public()
  @Get(':post_id')
  @Returns(PostResponse, { errors: [postNotFound] })
  getPost(@Param('post_id', new IdPipe(postNotFound)) post_id: number) {
    return this.posts.get(post_id);
  }

  /** Publishes a post. The author is the signed-in user. */
  @SignedIn()
  @Post()
  @Returns(PostResponse, {
    status: 201,
    headers: { Location: 'Path of the new post.' },
    links: {
      get: { operation: 'getPost', parameters: { post_id: '$response.body#/id' } },
      delete: { operation: 'deletePost', parameters: { post_id: '$response.body#/id' } },
    },
  })
  async createPost(@CurrentUser() caller: Caller, @Body() body: PostCreate) {
    const post = await this.posts.create(caller, body);
    return created(post, `/api/v1/posts/${post.id}`);
  }

  /**
   * Changes one of your posts. Admins can change every post. For other users, another author's post is a 404. Absent
   * fields stay as they are.
   */
  @SignedIn()
  @Patch(':post_id')
  @Returns(PostResponse, { errors: [postNotFound] })
  patchPost(
    @CurrentUser() caller: Caller,
    @Param('post_id', new IdPipe(postNotFound)) post_id: number,
    @Body() patch: PostPatch,
  ) {
    return this.posts.patch(caller, post_id, patch);
  }

  /** Deletes one of your posts. Admins can delete every post. For other users, another author's post is a 404. */
  @SignedIn()
  @Delete(':post_id')
  @ReturnsNothing({ errors: [postNotFound] })
  deletePost(@CurrentUser() caller: Caller, @Param('post_id', new IdPipe(postNotFound)) post_id: number) {
    return this.posts.remove(caller, post_id);
  }
}
