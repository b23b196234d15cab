import { DefaultNamingStrategy, Table, type EntityMetadata } from 'typeorm';

/** TypeORM's naming strategy, with PostgreSQL's own default names for keys: `posts_pkey`, `posts_user_id_fkey`. */
export class PostgresNamingStrategy extends DefaultNamingStrategy {
  override primaryKeyName(table: Table | string): string {
    return `${nameOf(table)}_pkey`;
  }

  override foreignKeyName(table: Table | string, columns: string[]): string {
    return `${nameOf(table)}_${columns.join('_')}_fkey`;
  }
}

/** The name of a table without its schema. */
function nameOf(table: Table | string): string {
  return (typeof table === 'string' ? table : table.name).split('.').at(-1)!;
}

/** The quoted name of an entity's table for SQL, with its schema if it has one. */
export function quotedTable({ tablePath }: EntityMetadata): string {
  return tablePath
    .split('.')
    .map((name) => `"${name}"`)
    .join('.');
}
