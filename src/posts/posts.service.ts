import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { ownerOf, type Caller } from '../kernel/http/access.js';
import type { Slice } from '../kernel/http/answer.js';
import type { PageQuery } from '../kernel/http/page-query.dto.js';
import { slice } from '../kernel/http/pagination.js';
import { changesOf } from '../kernel/validation/changes.js';
import { User } from '../users/user.entity.js';
import { userNotFound } from '../users/users.errors.js';
import { Post } from './post.entity.js';
import type { PostCreate, PostPatch } from './posts.dto.js';
import { postNotFound } from './posts.errors.js';

@Injectable()
export class PostsService {
  constructor(private readonly db: EntityManager) {}

  list(page: PageQuery): Promise<Slice<Post>> {
    return slice(this.db.createQueryBuilder(Post, 'post'), page);
  }

  /** The posts of one author. Throws userNotFound. */
  async listOf(user_id: number, page: PageQuery): Promise<Slice<Post>> {
    const query = this.db.createQueryBuilder(Post, 'post').where('post.user_id = :user_id', { user_id });
    const posts = await slice(query, page);
    if (posts.rows.length === 0 && !(await this.db.existsBy(User, { id: user_id })))
      throw userNotFound(String(user_id));
    return posts;
  }

  /** Throws postNotFound, also for another author's post where one is named. */
  async get(id: number, user_id?: number): Promise<Post> {
    const post = await this.db.findOneBy(Post, user_id === undefined ? { id } : { id, user_id });
    if (!post) throw postNotFound(String(id));
    return post;
  }

  create(caller: Caller, body: PostCreate): Promise<Post> {
    return this.db.transaction((tx) => tx.save(Post, { ...body, user_id: caller.id } as Post));
  }

  /** What is absent stays, a value sets. Throws postNotFound, also for a post of somebody else. */
  patch(caller: Caller, id: number, patch: PostPatch): Promise<Post> {
    return this.db.transaction(async (tx) => {
      const post = await lockOwn(tx, caller, id);
      return tx.save(Post, Object.assign(post, changesOf(patch)));
    });
  }

  /** Throws postNotFound, also for a post of somebody else. */
  remove(caller: Caller, id: number): Promise<void> {
    return this.db.transaction(async (tx) => {
      await tx.remove(await lockOwn(tx, caller, id));
    });
  }
}

async function lockOwn(tx: EntityManager, caller: Caller, id: number): Promise<Post> {
  const owner = ownerOf(caller);
  const where = owner === null ? { id } : { id, user_id: owner };
  const post = await tx.findOne(Post, { where, lock: { mode: 'pessimistic_write' } });
  if (!post) throw postNotFound(String(id));
  return post;
}
