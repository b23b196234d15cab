import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { AccessToken } from '../auth/access-token.entity.js';
import { endSessions } from '../auth/sessions.service.js';
import { voidTokens } from '../users/account-tokens.js';
import type { User } from '../users/user.entity.js';

/**
 * Ends all sessions, deletes all access tokens and voids all mailed tokens, after the password was reset. A second
 * factor stays. `more` is added to the details of the audit event.
 */
export async function takeBack(tx: EntityManager, { id }: User, now: Date, more: object = {}): Promise<void> {
  await voidTokens(tx, id, now);
  const sessions = await endSessions(tx, id, now);
  const { affected } = await tx.delete(AccessToken, { user_id: id });
  const details = { sessions, access_tokens: affected ?? 0, ...more };
  await audit(tx, { actor_id: null, action: 'user.password_reset', subject: `users/${id}`, details });
}
