import type { BaseRepository } from '../kernel/database/base.repository.js';
import { mailboxOf } from '../kernel/validation/email-address.js';
import type { User } from './user.entity.js';

/**
 * Returns the account with the normalized address. Old accounts may have an address that was never normalized. They are
 * found by the address as typed, even if another account has the normalized one.
 */
export async function findByAddress(users: BaseRepository<User>, address: string): Promise<User | undefined> {
  const typed = address.toLowerCase();
  const found = await users.where('email = any(:emails)').all({ emails: [mailboxOf(address), typed] });
  return found.find(({ email }) => email === typed) ?? found[0];
}
