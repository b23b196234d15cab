import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { difference, pick } from '../audit/difference.js';
import { read } from '../kernel/database/read.js';
import { transaction } from '../kernel/database/transaction.js';
import { insert, remove, update } from '../kernel/database/write.js';
import { ownerOf, type Caller } from '../kernel/access/access.js';
import type { Page } from '../kernel/database/page.js';
import type { PageQuery } from '../kernel/http/page-query.dto.js';
import { slice } from '../kernel/http/pagination.js';
import { changesOf } from '../kernel/validation/changes.js';
import { User } from '../users/user.entity.js';
import { userNotFound } from '../users/users.errors.js';
import { Post } from './post.entity.js';
import type { PostCreate, PostPatch } from './posts.dto.js';
import { postNotFound } from './posts.errors.js';

const AUDITED = ['user_id', 'title', 'body'] as const;

const posts = read(Post);
const post = posts.where('id = :id');
const postsOf = posts.where('user_id = :user_id');

@Injectable()
export class PostsService {
  constructor(private readonly db: EntityManager) {}

  list(page: PageQuery): Promise<Page<Post>> {
    return slice(this.db, posts, page);
  }

  /** The posts of one author. Throws userNotFound. */
  async listOf(user_id: number, page: PageQuery): Promise<Page<Post>> {
    const found = await slice(this.db, postsOf, page, { user_id });
    if (found.rows.length === 0 && !(await this.db.existsBy(User, { id: user_id })))
      throw userNotFound(String(user_id));
    return found;
  }

  /** Throws postNotFound, also for another author's post where one is named. */
  async get(id: number, user_id?: number): Promise<Post> {
    const found = await (user_id === undefined ? post : postsOf.where('id = :id')).one(this.db, { id, user_id });
    if (!found) throw postNotFound(String(id));
    return found;
  }

  create(caller: Caller, body: PostCreate): Promise<Post> {
    return transaction(this.db, (tx) => insert(tx, Post, { ...body, user_id: caller.id }));
  }

  /** What is absent stays, a value sets. Throws postNotFound, also for a post of somebody else. */
  patch(caller: Caller, id: number, patch: PostPatch): Promise<Post> {
    return transaction(this.db, async (tx) => {
      const found = await lockOwn(tx, caller, id);
      const changes = changesOf(patch);
      await moderated(tx, caller, found, 'post.updated', { ...difference(found, changes, AUDITED) });
      return update(tx, Post, found, changes);
    });
  }

  /** Throws postNotFound, also for a post of somebody else. */
  remove(caller: Caller, id: number): Promise<void> {
    return transaction(this.db, async (tx) => {
      const found = await lockOwn(tx, caller, id);
      await moderated(tx, caller, found, 'post.deleted', { before: pick(found, AUDITED) });
      await remove(tx, Post, found);
    });
  }
}

async function lockOwn(tx: EntityManager, caller: Caller, id: number): Promise<Post> {
  const owner = ownerOf(caller);
  const own = owner === null ? post : postsOf.where('id = :id');
  const found = await own.locked('pessimistic_write').one(tx, { id, user_id: owner });
  if (!found) throw postNotFound(String(id));
  return found;
}

/** What people do with their own posts is their own affair; what is done with them by others is told the audit trail. */
async function moderated(tx: EntityManager, caller: Caller, { id, user_id }: Post, action: string, details: object) {
  if (user_id === caller.id) return;
  await audit(tx, { actor_id: caller.id, action, subject: `posts/${id}`, details: { ...details } });
}
