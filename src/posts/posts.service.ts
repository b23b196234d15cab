import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditedRows } from '../audit/audited-rows.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { CREATED_FILTERS, equals, sortOf } from '../kernel/database/filters.js';
import type { Page } from '../kernel/database/page.js';
import type { SelectQuery } from '../kernel/database/select-query.js';
import { transaction } from '../kernel/database/transaction.js';
import { existing } from '../kernel/errors/existing.js';
import { ownerOf, type Caller } from '../kernel/access/access.js';
import { changesOf } from '../kernel/validation/changes.js';
import { User } from '../users/user.entity.js';
import { userNotFound } from '../users/users.errors.js';
import { Post } from './post.entity.js';
import type { PostCreate, PostListQuery, PostPatch, UserPostListQuery } from './posts.dto.js';
import { postNotFound } from './posts.errors.js';

/** Records changes by others. Authors' changes to their own posts are not audited. */
const trail = new AuditedRows<Post>('post', ['user_id', 'title', 'body']);

const OF_AUTHOR = 'user_id = :user_id';
const FILTERS = { ...CREATED_FILTERS, ...equals('user_id', 'integer') };

@Injectable()
export class PostsService {
  constructor(
    @InjectRepository(Post) private readonly posts: BaseRepository<Post>,
    @InjectRepository(User) private readonly users: BaseRepository<User>,
  ) {}

  list(query: PostListQuery): Promise<Page<Post>> {
    return pageOf(this.posts.rows, query);
  }

  /** Returns a page of the posts of one author. Throws userNotFound. */
  async listOf(user_id: number, query: UserPostListQuery): Promise<Page<Post>> {
    const found = await pageOf(this.posts.where(OF_AUTHOR), query, { user_id });
    if (found.rows.length === 0 && !(await this.users.existsBy({ id: user_id }))) throw userNotFound(String(user_id));
    return found;
  }

  /** Throws postNotFound, also if `user_id` is given and is not the author. */
  async get(id: number, user_id?: number): Promise<Post> {
    const found = await (user_id === undefined
      ? this.posts.findById(id)
      : this.posts.where(OF_AUTHOR).where('id = :id').one({ id, user_id }));
    return existing(found, postNotFound, id);
  }

  create(caller: Caller, body: PostCreate): Promise<Post> {
    return transaction(this.posts.manager, () => this.posts.insertOne({ ...body, user_id: caller.id }));
  }

  /** Changes the fields that are present. Throws postNotFound, also for another user's post. */
  patch(caller: Caller, id: number, patch: PostPatch): Promise<Post> {
    return transaction(this.posts.manager, async (tx) => {
      const found = await this.lockOwn(caller, id);
      const changes = changesOf(patch, found);
      if (found.user_id !== caller.id) await trail.updated(tx, caller.id, found, changes);
      return this.posts.updateOne(found, changes);
    });
  }

  /** Throws postNotFound, also for another user's post. */
  remove(caller: Caller, id: number): Promise<void> {
    return transaction(this.posts.manager, async (tx) => {
      const found = await this.lockOwn(caller, id);
      if (found.user_id !== caller.id) await trail.deleted(tx, caller.id, found);
      await this.posts.deleteOne(found);
    });
  }

  private async lockOwn(caller: Caller, id: number): Promise<Post> {
    const owner = ownerOf(caller);
    const found = await (owner === null
      ? this.posts.lock(id)
      : this.posts.where(OF_AUTHOR).where('id = :id').locked().one({ id, user_id: owner }));
    return existing(found, postNotFound, id);
  }
}

function pageOf(posts: SelectQuery<Post>, query: PostListQuery, parameters: object = {}): Promise<Page<Post>> {
  const found = posts.filtered(FILTERS, query).search(['title', 'body'], query.search, { long: ['body'] });
  return found.page({ ...query, sort: sortOf(query) }, { ...parameters });
}
