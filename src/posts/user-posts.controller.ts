import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../kernel/access/access.js';
import { IdPipe } from '../kernel/http/id.pipe.js';
import { Returns } from '../kernel/http/returns.js';
import { userNotFound } from '../users/users.errors.js';
import { PostResponse, UserPost, UserPostListQuery } from './posts.dto.js';
import { postNotFound } from './posts.errors.js';
import { PostsService } from './posts.service.js';

@ApiTags('posts')
@Controller('users/:user_id/posts')
export class UserPostsController {
  constructor(private readonly posts: PostsService) {}

  /** Lists the posts of one author. Without `sort`, the oldest posts come first. */
  @Public()
  @Get()
  @Returns([PostResponse], { errors: [userNotFound] })
  listUserPosts(@Param('user_id', new IdPipe(userNotFound)) user_id: number, @Query() query: UserPostListQuery) {
    return this.posts.listOf(user_id, query);
  }

  /** Shows a post of one author. If the post has another author, the response is a 404. */
  @Public()
  @Get(':post_id')
  @Returns(UserPost, { errors: [postNotFound] })
  async getUserPost(
    @Param('user_id', new IdPipe(postNotFound)) user_id: number,
    @Param('post_id', new IdPipe(postNotFound)) post_id: number,
  ) {
    const post = await this.posts.get(post_id, user_id);
    return { ...post, post_id: post.id };
  }
}
