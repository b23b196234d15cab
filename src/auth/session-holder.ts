import type { EntityManager } from 'typeorm';
import { execute } from '../kernel/database/statement.js';
import type { Caller, UserRole } from '../kernel/access/access.js';

/** In one statement: the account is active and the session goes on. */
const HOLDER = `
  select u.role, u.email
  from sessions s join users u on u.id = s.user_id
  where s.id = $1 and u.id = $2 and u.is_active and s.revoked_at is null and s.expires_at > $3`;

/** The account of a session, as the database knows it at that time (milliseconds since 1970); undefined when it is over. */
export async function sessionHolder(
  db: EntityManager,
  { id, session_id }: Pick<Caller, 'id' | 'session_id'>,
  now: number,
): Promise<Pick<Caller, 'role' | 'email'> | undefined> {
  const { rows } = await execute(db, HOLDER, [session_id, id, new Date(now)]);
  const [row] = rows as [UserRole, string][];
  return row && { role: row[0], email: row[1] };
}
