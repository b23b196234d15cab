import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { audit } from '../audit/audit.js';
import { difference } from '../audit/difference.js';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { transaction } from '../kernel/database/transaction.js';
import type { Caller } from '../kernel/access/access.js';
import { changesOf } from '../kernel/validation/changes.js';
import { AUDITED, User } from './user.entity.js';
import type { ProfilePatch } from './profile.dto.js';
import { userNotFound } from './users.errors.js';

@Injectable()
export class ProfileService {
  constructor(@InjectRepository(User) private readonly users: BaseRepository<User>) {}

  /** The caller's whole account. Throws userNotFound when it was deleted meanwhile. */
  async get({ id }: Caller): Promise<User> {
    const user = await this.users.findById(id);
    if (!user) throw userNotFound(String(id));
    return user;
  }

  /** What is absent stays, null clears, a value sets. Throws userNotFound. */
  patch({ id }: Caller, patch: ProfilePatch): Promise<User> {
    return transaction(this.users.manager, async (tx) => {
      const user = await this.users.lock(id);
      if (!user) throw userNotFound(String(id));
      const changes = changesOf(patch, user);
      const details = { ...difference(user, changes, AUDITED) };
      await audit(tx, { actor_id: id, action: 'user.updated', subject: `users/${id}`, details });
      return this.users.updateOne(user, changes);
    });
  }
}
