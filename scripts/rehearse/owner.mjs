// Creates the database role that production has. The role owns its database but is not a superuser, because superusers
// bypass permissions and row-level security.
import { randomUUID } from 'node:crypto';

export const OWNER = 'aerie_rehearsal';

/**
 * Creates the role, once per server. Returns a function that turns a superuser's database URL into one for the role.
 */
export async function createOwner(superuser) {
  const password = randomUUID();
  await superuser.query(`create role ${OWNER} login password '${password}'`);
  return (url) => Object.assign(new URL(url), { username: OWNER, password }).href;
}
