import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';
import type { Caller, UserRole } from '../kernel/access/access.js';

// Looks up the active account of a session.

/** Selects the account if it is active and the session has not ended. */
const FIND_ACCOUNT = `
  select u.role, u.email
  from sessions s join users u on u.id = s.user_id
  where s.id = $1 and u.id = $2 and u.is_active and s.revoked_at is null and s.expires_at > $3`;

/**
 * Returns the role and e-mail address of a session's account; undefined if account or session is not active at `now`
 * (milliseconds since 1970).
 */
export async function findSessionAccount(
  db: EntityManager,
  { id, session_id }: Pick<Caller, 'id' | 'session_id'>,
  now: number,
): Promise<Pick<Caller, 'role' | 'email'> | undefined> {
  const { rows } = await execute(db, FIND_ACCOUNT, [session_id, id, new Date(now)]);
  const [row] = rows as [UserRole, string][];
  return row && { role: row[0], email: row[1] };
}
