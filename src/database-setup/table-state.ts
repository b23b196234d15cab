import type { DataSource, EntityMetadata } from 'typeorm';
import { quotedTable } from '../kernel/database/naming-strategy.js';
import { searchIndexes } from '../kernel/database/searched.decorator.js';

// Reads which tables, columns, triggers and indexes exist.

/** The state of an entity's table in the database. */
export interface TableState {
  readonly metadata: EntityMetadata;
  readonly exists: boolean;
  readonly columns: readonly string[];
  /** Whether the table has the version trigger (migrations/…-preconditions.ts). */
  readonly hasVersionTrigger: boolean;
  /** The CREATE INDEX statements of its indexes. */
  readonly indexes: readonly string[];
}

/** Bits of pg_trigger.tgtype: FOR EACH ROW, BEFORE, DELETE, UPDATE. */
const TRIGGER_TYPE = 1 + 2 + 8 + 16;

/** A migration may rename a table and leave a view in its place. The triggers and indexes are those of its table. */
const STATE = `
  select class is not null as exists,
    array(select attname::text from pg_attribute where attrelid = class and attnum > 0 and not attisdropped) as columns,
    exists (select from pg_trigger join pg_proc on pg_proc.oid = tgfoid
      where tgrelid = any(tables) and proname = 'count_version' and tgenabled in ('O', 'A') and tgtype & $2 = $2) as "hasVersionTrigger",
    array(select pg_get_indexdef(indexrelid) from pg_index where indrelid = any(tables) and indisvalid) as indexes
  from unnest($1::text[]) with ordinality as asked (name, place), to_regclass(name) as class,
    lateral (select array(select class::oid union select refobjid from pg_rewrite r
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and refclassid = 'pg_class'::regclass
      where ev_class = class and ev_type = '1') as tables) as behind
  order by place`;

/**
 * Reads the state of the tables of all entities that migrations manage (`synchronize` is not false), with one
 * statement.
 */
export async function tableStates(source: DataSource): Promise<TableState[]> {
  const ours = source.entityMetadatas.filter(({ synchronize }) => synchronize);
  const found = await source.query<Omit<TableState, 'metadata'>[]>(STATE, [ours.map(quotedTable), TRIGGER_TYPE]);
  return ours.map((metadata, i) => Object.assign(found[i]!, { metadata }));
}

export function lacksVersionTrigger({ metadata, hasVersionTrigger }: TableState): boolean {
  return metadata.versionColumn !== undefined && !hasVersionTrigger;
}

/** Returns the `@Searched` properties without a trigram index, with the index names that they declare. */
export function unindexedSearches(state: TableState): [property: string, index: string][] {
  return Object.entries(searchIndexes(state.metadata)).filter(([property]) => !hasTrigramIndex(state, property));
}

/** Whether an index serves `search_text(column) like …`. PostgreSQL prints a `varchar` column with a cast. */
function hasTrigramIndex({ indexes }: TableState, column: string): boolean {
  const served = new RegExp(
    String.raw`using gin \(.*search_text\(\(?"?${column}"?(?:\)::text)?\) (?:\w+\.)?gin_trgm_ops`,
    'i',
  );
  return indexes.some((index) => served.test(index));
}
