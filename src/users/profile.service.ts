import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { difference } from '../audit/difference.js';
import { read } from '../kernel/database/read.js';
import { transaction } from '../kernel/database/transaction.js';
import { update } from '../kernel/database/write.js';
import type { Caller } from '../kernel/access/access.js';
import { changesOf } from '../kernel/validation/changes.js';
import { AUDITED, User } from './user.entity.js';
import type { ProfilePatch } from './profile.dto.js';
import { userNotFound } from './users.errors.js';

const account = read(User).where('id = :id');

@Injectable()
export class ProfileService {
  constructor(private readonly db: EntityManager) {}

  /** The caller's whole account. Throws userNotFound when it was deleted meanwhile. */
  async get({ id }: Caller): Promise<User> {
    const user = await account.one(this.db, { id });
    if (!user) throw userNotFound(String(id));
    return user;
  }

  /** What is absent stays, null clears, a value sets. Throws userNotFound. */
  patch({ id }: Caller, patch: ProfilePatch): Promise<User> {
    const changes = changesOf(patch);
    return transaction(this.db, async (tx) => {
      const user = await account.locked('pessimistic_write').one(tx, { id });
      if (!user) throw userNotFound(String(id));
      const details = { ...difference(user, changes, AUDITED) };
      await audit(tx, { actor_id: id, action: 'user.updated', subject: `users/${id}`, details });
      return update(tx, User, user, changes);
    });
  }
}
