import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds an index for each filter of the lists in each of their orders. PostgreSQL reads an index in both directions, and
 * a page starts in the middle of it.
 */
export class ListIndexes1795867260000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of INDEXES) {
      const indexed = columns.map((column) => (TEXTS.has(column) ? `left(${column}, 200)` : column));
      await runner.query(`create index ${nameOf(table, columns)} on ${table} (${indexed.join(', ')})`);
    }
    await runner.query('drop index orders_item_id_idx');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('create index orders_item_id_idx on orders (item_id)');
    await runner.query(`drop index ${INDEXES.map(([table, columns]) => nameOf(table, columns)).join(', ')}`);
  }
}

/**
 * Columns without a length limit. An index cannot store a long text, so lists are sorted by its first 200 characters.
 */
const TEXTS: ReadonlySet<string> = new Set(['name', 'email', 'title']);

type Index = readonly [table: string, columns: readonly string[]];

/** Returns an index for each order of the rows that have the same values in the `common` columns. */
const sorted = (table: string, common: readonly string[], ...orders: readonly string[]): Index[] =>
  orders.map((order) => [table, [...common, ...(order === 'id' ? [] : [order]), 'id']]);

const INDEXES: readonly Index[] = [
  ...sorted('orders', [], 'created_at', 'total_cents'),
  ...sorted('orders', ['user_id'], 'created_at', 'total_cents'),
  ...sorted('orders', ['status'], 'id', 'created_at', 'total_cents'),
  ...sorted('orders', ['item_id'], 'id', 'created_at', 'total_cents'),
  ...sorted('users', ['is_active'], 'name', 'email', 'created_at'),
  ...sorted('users', ['is_active', 'role'], 'id', 'name', 'email', 'created_at'),
  ...sorted('items', [], 'name', 'price_cents', 'stock', 'created_at'),
  ...sorted('posts', [], 'title', 'created_at'),
  ...sorted('posts', ['user_id'], 'title', 'created_at'),
];

const nameOf = (table: string, columns: readonly string[]) => `${table}_${columns.join('_')}_idx`;
