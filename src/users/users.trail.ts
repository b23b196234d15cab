import { AuditedRows } from '../audit/audited-rows.js';
import type { User } from './user.entity.js';

/** Changes of accounts: secrets never, and of address and metadata, which are long, only that they changed. */
export const changedAccounts = new AuditedRows<User>('user', ['email', 'name', 'role', 'is_active', 'bio', 'tags']);

/** Accounts that are made or deleted: who somebody is, or was. */
export const madeAccounts = new AuditedRows<User>('user', ['email', 'name', 'role']);
