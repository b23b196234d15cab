import type { Client } from 'pg';
import type { Table } from './backup-file.js';

/** Excludes the tables whose rows are created with the schema, and generated columns, which PostgreSQL computes. */
const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as table, array_agg(quote_ident(a.attname) order by a.attnum) as columns
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  where n.nspname in ('public', 'pgboss') and c.relkind in ('r', 'p') and not c.relispartition
    and (n.nspname, c.relname) not in (('public', 'migrations'), ('pgboss', 'version'))
  group by 1 order by 1`;

/** Returns the tables that a backup contains. */
export async function tablesOf(client: Client): Promise<Table[]> {
  return (await client.query<Table>(TABLES)).rows;
}
