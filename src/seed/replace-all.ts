import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import { Item } from '../items/item.entity.js';
import { Order } from '../orders/order.entity.js';
import { transaction } from '../kernel/database/transaction.js';
import { Post } from '../posts/post.entity.js';
import { hashPassword } from '../users/password.js';
import { User } from '../users/user.entity.js';
import type { SeedFile, UserRow } from './rows.js';

/** Rows made through the API have ids from here on, so that those of a seed file stay free to be given again. */
const FIRST_FREE_ID = 1001;
const BATCH = 500;

/** Replaces all data by these rows, ids kept, in one transaction. Sessions and access tokens end; the audit trail stays, and tells. Throws what the database says of bad rows. */
export async function replaceAll(db: EntityManager, rows: SeedFile): Promise<void> {
  const users = withHashes(rows.users);
  await transaction(db, async (tx) => {
    await tx.query('truncate users, items, idempotency_keys cascade'); // with all that refers to them
    await insert(tx, User, users);
    await insert(tx, Item, rows.items);
    await insert(tx, Post, rows.posts);
    await insert(tx, Order, rows.orders);
    for (const table of ['users', 'items', 'posts', 'orders']) await restartIds(tx, table);
    const counts = Object.entries(rows).map(([table, { length }]: [string, readonly unknown[]]) => [table, length]);
    await audit(tx, { actor_id: null, action: 'data.replaced', subject: 'data', details: Object.fromEntries(counts) });
  });
}

/** Equal passwords share one hash: a seed file of thousands is loaded in seconds. */
function withHashes(rows: readonly UserRow[]): Partial<User>[] {
  const hashes = new Map<string, string>();
  for (const { password } of rows) if (!hashes.has(password)) hashes.set(password, hashPassword(password));
  return rows.map(({ password, created_at, ...row }) => ({
    ...row,
    ...(created_at == null ? {} : { created_at: new Date(created_at) }),
    password_hash: hashes.get(password)!,
  }));
}

async function insert(
  tx: EntityManager,
  entity: typeof User | typeof Item | typeof Post | typeof Order,
  rows: readonly object[],
) {
  for (let at = 0; at < rows.length; at += BATCH) {
    await tx
      .createQueryBuilder()
      .insert()
      .into(entity)
      .values(rows.slice(at, at + BATCH))
      .execute();
  }
}

async function restartIds(tx: EntityManager, table: string): Promise<void> {
  await tx.query(
    `select setval(pg_get_serial_sequence($1, 'id'), greatest($2::bigint, (select max(id) + 1 from ${table})), false)`,
    [table, FIRST_FREE_ID],
  );
}
