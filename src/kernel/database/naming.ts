import { DefaultNamingStrategy, Table, type EntityMetadata } from 'typeorm';

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

/** The table of an entity for a statement: its schema, if any, and its name in quotes. */
export function quotedTable({ tablePath }: EntityMetadata): string {
  return tablePath
    .split('.')
    .map((name) => `"${name}"`)
    .join('.');
}
