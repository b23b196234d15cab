import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';
import { UserRole } from '../kernel/access/access.js';
import type { User } from './user.entity.js';
import { lastAdmin } from './users.errors.js';

/**
 * Held until the transaction ends. If two admins demote each other at once, the second one sees the change of the
 * first.
 */
const ONE_AT_A_TIME = `select pg_advisory_xact_lock(hashtext('aerie:last-admin'))`;
const ANOTHER = `select 1 from users where role = 'admin' and is_active and id <> $1 limit 1`;

/**
 * Checks that another active admin remains. Call it before an admin is deleted, disabled or demoted, with the row of
 * that admin already locked. The transaction must not lock the row of another account afterwards, to avoid deadlocks.
 * Throws lastAdmin.
 */
export async function keepAnAdmin(tx: EntityManager, { id, role, is_active }: User): Promise<void> {
  if (role !== UserRole.admin || !is_active) return;
  await execute(tx, ONE_AT_A_TIME, []);
  const { rows } = await execute(tx, ANOTHER, [id]);
  if (rows.length === 0) throw lastAdmin();
}
