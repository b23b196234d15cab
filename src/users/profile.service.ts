import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { BaseRepository } from '../kernel/database/base.repository.js';
import { transaction } from '../kernel/database/transaction.js';
import { existing } from '../kernel/errors/existing.js';
import type { Caller } from '../kernel/access/access.js';
import { changesOf } from '../kernel/validation/changes.js';
import { User } from './user.entity.js';
import type { ProfilePatch } from './profile.dto.js';
import { userNotFound } from './users.errors.js';
import { changedAccounts } from './users.trail.js';

@Injectable()
export class ProfileService {
  constructor(@InjectRepository(User) private readonly users: BaseRepository<User>) {}

  /** Returns the caller's complete account. Throws userNotFound if it was deleted meanwhile. */
  async get({ id }: Caller): Promise<User> {
    return existing(await this.users.findById(id), userNotFound, id);
  }

  /** Changes the caller's account. Absent fields stay as they are, null clears a field. Throws userNotFound. */
  patch({ id }: Caller, patch: ProfilePatch): Promise<User> {
    return transaction(this.users.manager, async (tx) => {
      const user = existing(await this.users.lock(id), userNotFound, id);
      const changes = changesOf(patch, user);
      await changedAccounts.updated(tx, id, user, changes);
      return this.users.updateOne(user, changes);
    });
  }
}
