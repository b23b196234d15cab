import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';
import { UserRole } from '../kernel/access/access.js';
import type { User } from './user.entity.js';
import { lastAdmin } from './users.errors.js';

/** Until the end of the transaction: of two admins who take each other's role away at once, the second sees what the first did. */
const ONE_AT_A_TIME = `select pg_advisory_xact_lock(hashtext('aerie:last-admin'))`;
const ANOTHER = `select 1 from users where role = 'admin' and is_active and id <> $1 limit 1`;

/**
 * For whoever is about to take an admin away by deletion, disabling or another role, and has locked his row before:
 * nobody goes on to another account's row from here, so that no two wait for each other. Throws lastAdmin.
 */
export async function keepAnAdmin(tx: EntityManager, { id, role, is_active }: User): Promise<void> {
  if (role !== UserRole.admin || !is_active) return;
  await execute(tx, ONE_AT_A_TIME, []);
  const { rows } = await execute(tx, ANOTHER, [id]);
  if (rows.length === 0) throw lastAdmin();
}
