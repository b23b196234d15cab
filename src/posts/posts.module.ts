import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { User } from '../users/user.entity.js';
import { Post } from './post.entity.js';
import { PostsController } from './posts.controller.js';
import { PostsService } from './posts.service.js';
import { UserPostsController } from './user-posts.controller.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { AuthModule } from '../auth/auth.module.js';

@Module({
  imports: [KernelModule, AuthModule, TypeOrmModule.forFeature([Post, User])],
  controllers: [PostsController, UserPostsController],
  providers: [PostsService],
})
export class PostsModule {}
