import { DefaultNamingStrategy, Table } from 'typeorm';

/** Names keys as PostgreSQL does it itself, so that entities need not name them: `posts_pkey`, `posts_user_id_fkey`. */
export class PostgresNames extends DefaultNamingStrategy {
  override primaryKeyName(table: Table | string): string {
    return `${nameOf(table)}_pkey`;
  }

  override foreignKeyName(table: Table | string, columns: string[]): string {
    return `${nameOf(table)}_${columns.join('_')}_fkey`;
  }
}

/** Without the schema. */
function nameOf(table: Table | string): string {
  return (typeof table === 'string' ? table : table.name).split('.').at(-1)!;
}
