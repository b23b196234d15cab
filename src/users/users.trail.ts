import { AuditedRows } from '../audit/audited-rows.js';
import type { User } from './user.entity.js';

/**
 * The audit events of changed accounts, without secrets. Address and metadata are long, so only their names are
 * recorded.
 */
export const changedAccounts = new AuditedRows<User>('user', ['email', 'name', 'role', 'is_active', 'bio', 'tags']);

/** The audit events of created and deleted accounts. */
export const madeAccounts = new AuditedRows<User>('user', ['email', 'name', 'role']);
