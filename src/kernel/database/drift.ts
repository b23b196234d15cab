import type { DataSource, EntityMetadata } from 'typeorm';
import { lacksTrigger, tableStates, unservedSearches, type TableState } from './table-state.js';

/** Statements that change a schema, and those that undo it, in their order. */
export interface SchemaChange {
  readonly up: string[];
  readonly down: string[];
}

/** What would make the database what the entities say; nothing when they agree. */
export async function drift(source: DataSource): Promise<SchemaChange> {
  const { upQueries, downQueries } = await source.driver.createSchemaBuilder().log();
  const additions = (await tableStates(source)).flatMap(additionsTo);
  return {
    up: [...upQueries.map(({ query }) => query), ...additions.map(({ up }) => up)],
    down: [...downQueries.map(({ query }) => query), ...additions.map(({ down }) => down)].toReversed(),
  };
}

interface Addition {
  readonly up: string;
  readonly down: string;
}

/** What TypeORM knows nothing of. */
function additionsTo(state: TableState): Addition[] {
  const { metadata } = state;
  const unserved = unservedSearches(state);
  return [...(lacksTrigger(state) ? [trigger(metadata)] : []), ...unserved.map((one) => searchIndex(metadata, ...one))];
}

function trigger({ tableName }: EntityMetadata): Addition {
  const name = `${tableName}_version`;
  return {
    up: `create or replace trigger ${name} before update or delete on "${tableName}" for each row execute function count_version()`,
    down: `drop trigger ${name} on "${tableName}"`,
  };
}

/** The list of new entries is kept short: a search reads it to its end. */
function searchIndex({ tableName }: EntityMetadata, column: string, name: string): Addition {
  return {
    up: `create index ${name} on "${tableName}" using gin (search_text("${column}") gin_trgm_ops) with (gin_pending_list_limit = 64)`,
    down: `drop index ${name}`,
  };
}
