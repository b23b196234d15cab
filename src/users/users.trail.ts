import { AuditedRows } from '../audit/audited-rows.js';
import type { User } from './user.entity.js';

/** Changes of accounts, without secrets; address and metadata, which are long, are only named. */
export const changedAccounts = new AuditedRows<User>('user', ['email', 'name', 'role', 'is_active', 'bio', 'tags']);

/** Accounts that are created or deleted. */
export const madeAccounts = new AuditedRows<User>('user', ['email', 'name', 'role']);
