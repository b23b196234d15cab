import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { repositoryOf } from '../kernel/database/base.repository.js';
import type { UserRole } from '../kernel/access/access.js';
import { keepAnAdmin } from '../users/last-admin.js';
import { User } from '../users/user.entity.js';

interface Decision {
  readonly actor_id: number | null;
  readonly reason: string | null | undefined;
}

/**
 * Changes the role of a locked account. Its sessions continue, since each request reads the role from the database.
 * Throws lastAdmin.
 */
export async function giveRole(
  tx: EntityManager,
  user: User,
  role: UserRole,
  { actor_id, reason }: Decision,
): Promise<User> {
  if (user.role === role) return user;
  await keepAnAdmin(tx, user);
  const details = { reason, before: { role: user.role }, after: { role } };
  await audit(tx, { actor_id, action: 'user.role_changed', subject: `users/${user.id}`, details });
  return repositoryOf(tx, User).updateOne(user, { role });
}
