import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EntityManager, type SelectQueryBuilder } from 'typeorm';
import { audit } from '../audit/audit.js';
import { Jobs } from '../jobs/jobs.service.js';
import { containing } from '../kernel/database/search.js';
import { violatedConstraint } from '../kernel/errors/database-errors.js';
import { ownerOf, UserRole, type Caller } from '../kernel/http/access.js';
import type { Slice } from '../kernel/http/answer.js';
import { slice } from '../kernel/http/pagination.js';
import { Mailer } from '../mail/mailer.js';
import { hashPassword } from './password.js';
import { User } from './user.entity.js';
import type { UserCreate, UserListQuery, UserReplace, UserReplaced } from './users.dto.js';
import { emailTaken, foreignAddress, roleForbidden, userNotFound } from './users.errors.js';
import { WelcomeMail } from './welcome-mail.js';

@Injectable()
export class UsersService implements OnModuleInit {
  constructor(
    private readonly db: EntityManager,
    private readonly jobs: Jobs,
    private readonly mailer: Mailer,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(WelcomeMail, async ({ email }, id) => {
      const user = await this.db.findOneBy(User, { email });
      const text = `Hello ${user?.name ?? email},\n\nwelcome to Aerie.\n`;
      await this.mailer.send({ id, to: email, subject: 'Welcome to Aerie', text });
    });
  }

  /** Makes the account and queues its welcome mail. Throws emailTaken, roleForbidden. */
  async create(caller: Caller | undefined, { password, ...account }: UserCreate): Promise<User> {
    if (account.role !== UserRole.user && caller?.role !== UserRole.admin) throw roleForbidden();
    const password_hash = await hashPassword(password); // before the transaction: it takes long
    return this.db.transaction(async (tx) => {
      const user = await insertUser(tx, { ...account, password_hash });
      await audit(tx, { actor_id: caller?.id ?? null, action: 'user.created', subject: `users/${user.id}` });
      await this.jobs.enqueue(tx, WelcomeMail, { email: user.email });
      return user;
    });
  }

  list({ search, active, ...page }: UserListQuery): Promise<Slice<User>> {
    const query = this.db.createQueryBuilder(User, 'user').where('user.is_active = :active', { active });
    return slice(containing(query, ['user.name', 'user.email'], search), page);
  }

  /** An account as the caller may see it. Throws userNotFound. */
  async get(caller: Caller, id: number): Promise<User> {
    const user = await visible(this.db, caller, id).getOne();
    if (!user) throw userNotFound(String(id));
    return user;
  }

  /** Changes the given fields and keeps the reason in the audit trail; answers what was given. Throws userNotFound. */
  replace(caller: Caller, id: number, { user: given, reason }: UserReplace): Promise<UserReplaced> {
    const changes = {
      ...(given.name == null ? {} : { name: given.name }),
      ...(given.bio == null ? {} : { bio: given.bio }),
    };
    return this.db.transaction(async (tx) => {
      const user = await visible(tx, caller, id).setLock('pessimistic_write').getOne();
      if (!user) throw userNotFound(String(id));
      await tx.save(User, { ...user, ...changes });
      const details = { reason, fields: Object.keys(changes) };
      await audit(tx, { actor_id: caller.id, action: 'user.updated', subject: `users/${id}`, details });
      return { id, reason, ...changes };
    });
  }

  /** Sessions and posts go with the account, orders stay without it. Throws userNotFound. */
  remove(caller: Caller, id: number): Promise<void> {
    return this.db.transaction(async (tx) => {
      const user = await visible(tx, caller, id).setLock('pessimistic_write').getOne();
      if (!user) throw userNotFound(String(id));
      await tx.delete(User, id);
      await audit(tx, { actor_id: caller.id, action: 'user.deleted', subject: `users/${id}` });
    });
  }

  /** Queues the welcome mail to an address. Throws foreignAddress. */
  async sendWelcome(caller: Caller, email: string): Promise<void> {
    if (caller.role !== UserRole.admin && email !== caller.email) throw foreignAddress();
    await this.db.transaction((tx) => this.jobs.enqueue(tx, WelcomeMail, { email }));
  }
}

/** The account through the caller's eyes: his own, or any for an admin. */
function visible(db: EntityManager, caller: Caller, id: number): SelectQueryBuilder<User> {
  const query = db.createQueryBuilder(User, 'user').where('user.id = :id', { id });
  const owner = ownerOf(caller);
  return owner === null ? query : query.andWhere('user.id = :owner', { owner });
}

/** Writes a new account. Throws emailTaken. */
export async function insertUser(
  tx: EntityManager,
  account: Pick<User, 'email' | 'name' | 'role' | 'password_hash'>,
): Promise<User> {
  try {
    return await tx.save(User, { ...account, bio: null, address: null } as User);
  } catch (error) {
    if (violatedConstraint(error) === 'users_email_key') throw emailTaken();
    throw error;
  }
}
