import type { DataSource, EntityMetadata } from 'typeorm';
import { quotedTable } from './naming.js';
import { searchIndexes } from './searched.js';

/** What the database has of an entity's table. */
export interface TableState {
  readonly metadata: EntityMetadata;
  readonly exists: boolean;
  readonly columns: readonly string[];
  /** Whether the trigger of migrations/…-preconditions.ts counts its versions, and judges preconditions. */
  readonly isCounted: boolean;
  /** The statements that make its indexes. */
  readonly indexes: readonly string[];
}

/** Bits of pg_trigger.tgtype: for each row, before, on delete and update. */
const COUNTS = 1 + 2 + 8 + 16;

const STATE = `
  select class is not null as exists,
    array(select attname::text from pg_attribute where attrelid = class and attnum > 0 and not attisdropped) as columns,
    exists (select from pg_trigger join pg_proc on pg_proc.oid = tgfoid
      where tgrelid = class and proname = 'count_version' and tgenabled in ('O', 'A') and tgtype & $2 = $2) as "isCounted",
    array(select pg_get_indexdef(indexrelid) from pg_index where indrelid = class and indisvalid) as indexes
  from unnest($1::text[]) with ordinality as asked (name, place), to_regclass(name) as class order by place`;

/** The tables of all entities whose schema is ours, by one statement. */
export async function tableStates(source: DataSource): Promise<TableState[]> {
  const ours = source.entityMetadatas.filter(({ synchronize }) => synchronize);
  const found = await source.query<Omit<TableState, 'metadata'>[]>(STATE, [ours.map(quotedTable), COUNTS]);
  return ours.map((metadata, i) => Object.assign(found[i]!, { metadata }));
}

export function lacksTrigger({ metadata, isCounted }: TableState): boolean {
  return metadata.versionColumn !== undefined && !isCounted;
}

/** The searched properties that no index serves, with the names that their indexes are to have. */
export function unservedSearches(state: TableState): [property: string, index: string][] {
  return Object.entries(searchIndexes(state.metadata)).filter(([property]) => !hasTrigrams(state, property));
}

/** Whether one of its indexes serves `search_text(column) like …`; PostgreSQL writes a column of `varchar` with a cast. */
function hasTrigrams({ indexes }: TableState, column: string): boolean {
  const served = new RegExp(
    String.raw`using gin \(.*search_text\(\(?"?${column}"?(?:\)::text)?\) (?:\w+\.)?gin_trgm_ops`,
    'i',
  );
  return indexes.some((index) => served.test(index));
}
