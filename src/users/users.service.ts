import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { Jobs } from '../jobs/jobs.service.js';
import { BaseRepository, repositoryOf } from '../kernel/database/base.repository.js';
import { CREATED_FILTERS, equals, sortOf } from '../kernel/database/filters.js';
import type { Page } from '../kernel/database/page.js';
import type { SelectQuery } from '../kernel/database/select-query.js';
import { transaction } from '../kernel/database/transaction.js';
import { violatedConstraint } from '../kernel/errors/database-errors.js';
import { existing } from '../kernel/errors/existing.js';
import { ownerOf, UserRole, type Caller } from '../kernel/access/access.js';
import { keepAnAdmin } from './last-admin.js';
import { Passwords } from './passwords.js';
import { User } from './user.entity.js';
import type { UserCreate, UserListQuery, UserReplace, UserReplaced } from './users.dto.js';
import { emailTaken, foreignAddress, roleForbidden, userNotFound } from './users.errors.js';
import { changedAccounts, madeAccounts } from './users.trail.js';
import { WelcomeMail } from './welcome-mail.js';

/** The fields of an account in lists and single responses. The password hash is not even selected. */
const SHOWN = ['id', 'email', 'name', 'role', 'created_at'] as const;
type ShownUser = Pick<User, (typeof SHOWN)[number]>;

const FILTERS = { ...CREATED_FILTERS, ...equals('role', 'text') };

@Injectable()
export class UsersService {
  constructor(
    @InjectRepository(User) private readonly users: BaseRepository<User>,
    private readonly jobs: Jobs,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Creates an account and queues its welcome mail. Throws emailTaken, roleForbidden, tooManyPasswords,
   * ValidationFailed.
   */
  async create(caller: Caller | undefined, { password, ...account }: UserCreate): Promise<User> {
    if (account.role !== UserRole.user && caller?.role !== UserRole.admin) throw roleForbidden();
    const password_hash = await this.passwords.hashNew(password, account);
    return transaction(this.users.manager, async (tx) => {
      const made = await insertUser(tx, { ...account, password_hash });
      await madeAccounts.created(tx, caller?.id ?? null, made);
      await this.jobs.enqueue(tx, WelcomeMail, { email: made.email }, made.id);
      return made;
    });
  }

  list(query: UserListQuery): Promise<Page<ShownUser>> {
    const listed = this.users.where('is_active = :active').only(...SHOWN);
    const found = listed.filtered(FILTERS, query).search(['name', 'email'], query.search);
    return found.page({ ...query, sort: sortOf(query) }, { active: query.active });
  }

  /** Returns an account that the caller may see. Throws userNotFound. */
  async get(caller: Caller, id: number): Promise<ShownUser> {
    const found = await this.visible(caller)
      .only(...SHOWN, 'version')
      .one({ id, owner: caller.id });
    return existing(found, userNotFound, id);
  }

  /** Changes the given fields and returns them. The reason goes into the audit trail. Throws userNotFound. */
  replace(caller: Caller, id: number, { user: given, reason }: UserReplace): Promise<UserReplaced> {
    const changes = {
      ...(given.name == null ? {} : { name: given.name }),
      ...(given.bio == null ? {} : { bio: given.bio }),
    };
    return transaction(this.users.manager, async (tx) => {
      const found = await this.locked(caller, id);
      await this.users.updateOne(found, changes);
      await changedAccounts.updated(tx, caller.id, found, changes, { reason });
      return { id, reason, ...changes };
    });
  }

  /** Deletes an account with its sessions and posts. Its orders are kept. Throws userNotFound, lastAdmin. */
  remove(caller: Caller, id: number): Promise<void> {
    return transaction(this.users.manager, async (tx) => {
      const found = await this.locked(caller, id);
      await keepAnAdmin(tx, found);
      await this.users.deleteOne(found);
      await madeAccounts.deleted(tx, caller.id, found);
    });
  }

  /** Queues the welcome mail to an address. Throws foreignAddress. */
  async sendWelcome(caller: Caller, email: string): Promise<void> {
    if (caller.role !== UserRole.admin && email !== caller.email) throw foreignAddress();
    await transaction(this.users.manager, async (tx) => {
      await this.jobs.enqueue(tx, WelcomeMail, { email }, caller.id);
      if (email !== caller.email)
        await audit(tx, { actor_id: caller.id, action: 'email.queued', subject: `emails/${email}` });
    });
  }

  /** Selects an account by id, if the caller may see it: their own (`owner`), or any for an admin. */
  private visible(caller: Caller): SelectQuery<User> {
    const account = this.users.where('id = :id');
    return ownerOf(caller) === null ? account : account.where('id = :owner');
  }

  private async locked(caller: Caller, id: number): Promise<User> {
    const found = await this.visible(caller).locked().one({ id, owner: caller.id });
    return existing(found, userNotFound, id);
  }
}

/** Inserts an account. Throws emailTaken. */
export async function insertUser(
  tx: EntityManager,
  account: Pick<User, 'email' | 'name' | 'role' | 'password_hash'>,
): Promise<User> {
  try {
    return await repositoryOf(tx, User).insertOne(account);
  } catch (error) {
    if (violatedConstraint(error) === 'users_email_key') throw emailTaken();
    throw error;
  }
}
