import type { EntityManager } from 'typeorm';
import { audit } from '../audit/audit.js';
import type { SeedRow } from '../kernel/database/seed.js';
import { transaction } from '../kernel/database/transaction.js';
import type { SeedData, Seeds, TableSeed } from './seeds.js';

/** The first id of rows that are created through the API, so that the ids of a seed file remain usable. */
const FIRST_FREE_ID = 1001;
const BATCH = 500;

/**
 * Replaces all data with these rows, including their ids, in one transaction. Ends sessions and deletes access tokens.
 * The audit trail is kept and gets an event. Throws the database's error if it refuses a row.
 */
export async function replaceAll(db: EntityManager, data: SeedData, seeds: Seeds): Promise<void> {
  // before the transaction: hashing passwords takes long
  const values = new Map([...seeds].map(([table, seed]) => [table, columnsOf(data[table] ?? [], seed)]));
  await transaction(db, async (tx) => {
    // cascade: also truncates the tables that refer to them
    await tx.query(`truncate ${[...seeds.keys()].join(', ')}, idempotency_keys cascade`);
    for (const [table, { entity }] of seeds) {
      await insert(tx, entity, values.get(table)!);
      await restartIds(tx, table);
    }
    const details = Object.fromEntries(Object.entries(data).map(([table, { length }]) => [table, length]));
    await audit(tx, { actor_id: null, action: 'data.replaced', subject: 'data', details });
  });
}

function columnsOf(rows: readonly SeedRow[], { columns }: TableSeed): object[] {
  const values = columns?.(rows) ?? rows;
  return rows.map(({ created_at }, at) => ({
    ...values[at],
    created_at: created_at == null ? undefined : new Date(created_at),
  }));
}

async function insert(tx: EntityManager, entity: TableSeed['entity'], rows: readonly object[]): Promise<void> {
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
