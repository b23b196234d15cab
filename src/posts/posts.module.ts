import { Module } from '@nestjs/common';
import { PostsController } from './posts.controller.js';
import { PostsService } from './posts.service.js';
import { UserPostsController } from './user-posts.controller.js';

@Module({ controllers: [PostsController, UserPostsController], providers: [PostsService] })
export class PostsModule {}
