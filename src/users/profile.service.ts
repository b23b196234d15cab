import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { Caller } from '../kernel/http/access.js';
import { changesOf } from '../kernel/validation/changes.js';
import { User } from './user.entity.js';
import type { ProfilePatch } from './profile.dto.js';
import { userNotFound } from './users.errors.js';

@Injectable()
export class ProfileService {
  constructor(private readonly db: EntityManager) {}

  /** The caller's whole account. Throws userNotFound when it was deleted meanwhile. */
  async get({ id }: Caller): Promise<User> {
    const user = await this.db.findOneBy(User, { id });
    if (!user) throw userNotFound(String(id));
    return user;
  }

  /** What is absent stays, null clears, a value sets. Throws userNotFound. */
  patch({ id }: Caller, patch: ProfilePatch): Promise<User> {
    const changes = changesOf(patch);
    return this.db.transaction(async (tx) => {
      const user = await tx.findOne(User, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!user) throw userNotFound(String(id));
      const details = { fields: Object.keys(changes) };
      await audit(tx, { actor_id: id, action: 'user.updated', subject: `users/${id}`, details });
      return tx.save(User, Object.assign(user, changes));
    });
  }
}
