import type { DataSource, EntityMetadata } from 'typeorm';
import { lacksVersionTrigger, tableStates, unindexedSearches, type TableState } from './table-state.js';

// Compares the entities with the database, for migration:generate and the warnings at start.

/** SQL statements that change the schema, and those that revert the change, each in execution order. */
export interface SchemaChange {
  readonly up: string[];
  readonly down: string[];
}

/** Returns the statements that would make the database match the entities; none if it does. */
export async function schemaDiff(source: DataSource): Promise<SchemaChange> {
  const { upQueries, downQueries } = await source.driver.createSchemaBuilder().log();
  const additions = (await tableStates(source)).flatMap(missingObjects);
  return {
    up: [...upQueries.map(({ query }) => query), ...additions.map(({ up }) => up)],
    down: [...downQueries.map(({ query }) => query), ...additions.map(({ down }) => down)].toReversed(),
  };
}

interface ReversibleStatement {
  readonly up: string;
  readonly down: string;
}

/** Version triggers and search indexes, which TypeORM cannot declare. */
function missingObjects(state: TableState): ReversibleStatement[] {
  const { metadata } = state;
  const unserved = unindexedSearches(state);
  return [
    ...(lacksVersionTrigger(state) ? [createTrigger(metadata)] : []),
    ...unserved.map((one) => createSearchIndex(metadata, ...one)),
  ];
}

function createTrigger({ tableName }: EntityMetadata): ReversibleStatement {
  const name = `${tableName}_version`;
  return {
    up: `create or replace trigger ${name} before update or delete on "${tableName}" for each row execute function count_version()`,
    down: `drop trigger ${name} on "${tableName}"`,
  };
}

/** Uses a small `gin_pending_list_limit`, since every search scans the whole pending list. */
function createSearchIndex({ tableName }: EntityMetadata, column: string, name: string): ReversibleStatement {
  return {
    up: `create index ${name} on "${tableName}" using gin (search_text("${column}") gin_trgm_ops) with (gin_pending_list_limit = 64)`,
    down: `drop index ${name}`,
  };
}
