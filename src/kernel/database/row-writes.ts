import type { EntityManager, EntityMetadata, ObjectLiteral } from 'typeorm';
import { hydrator, type EntityClass } from './hydrator.js';
import { quotedTable } from './naming-strategy.js';
import { execute } from './statement.js';

// INSERT, UPDATE and DELETE of single rows, as prepared statements.

type Columns = EntityMetadata['columns'];

/** A statement that writes these columns and returns the row. */
interface CompiledWrite {
  readonly text: string;
  readonly columns: Columns;
  readonly hydrate: (row: readonly unknown[]) => ObjectLiteral;
}

/**
 * Builds the SQL from the quoted names of the table, the written columns, the primary key's columns, and the RETURNING
 * list.
 */
type BuildSql = (table: string, written: readonly string[], key: readonly string[], all: string) => string;

const insertSql: BuildSql = (table, written, _key, all) =>
  `insert into ${table} (${written.join(', ')}) values (${written.map((_, i) => `$${i + 1}`).join(', ')}) returning ${all}`;

const updateSql: BuildSql = (table, written, key, all) =>
  `update ${table} set ${assignments(written).join(', ')} where ${assignments(key, written.length).join(' and ')} returning ${all}`;

const assignments = (columns: readonly string[], from = 0) => columns.map((name, i) => `${name} = $${from + i + 1}`);

/** Inserts a row and returns it as stored, with database defaults for the columns without a value. */
export async function insertRow<T extends ObjectLiteral>(
  db: EntityManager,
  metadata: EntityMetadata,
  values: Partial<T>,
): Promise<T> {
  const { text, columns, hydrate } = compiledWrite(metadata, values, insertSql);
  const { rows } = await execute(db, text, columnValues(db, columns, values));
  return hydrate(rows[0]!) as T;
}

/** Updates a row and returns it as stored. Throws an Error if the row no longer exists. */
export async function updateRow<T extends ObjectLiteral>(
  db: EntityManager,
  metadata: EntityMetadata,
  row: T,
  changes: Partial<T>,
): Promise<T> {
  const { text, columns, hydrate } = compiledWrite(metadata, changes, updateSql);
  const key = columnValues(db, metadata.primaryColumns, row);
  const { rows } = await execute(db, text, [...columnValues(db, columns, changes), ...key]);
  if (rows.length === 0)
    throw new Error(`${metadata.tablePath} has no row ${key.join()}: lock a row before you change it`);
  return hydrate(rows[0]!) as T;
}

export async function deleteRow(db: EntityManager, metadata: EntityMetadata, row: ObjectLiteral): Promise<void> {
  const { primaryColumns } = metadata;
  const text = `delete from ${quotedTable(metadata)} where ${assignments(primaryColumns.map(quoted)).join(' and ')}`;
  await execute(db, text, columnValues(db, primaryColumns, row));
}

/** Compiled statements by entity and by the names of the written properties. */
const statements = new Map<BuildSql, WeakMap<EntityMetadata, Map<string, CompiledWrite>>>([
  [insertSql, new WeakMap()],
  [updateSql, new WeakMap()],
]);

function compiledWrite(metadata: EntityMetadata, values: object, buildSql: BuildSql): CompiledWrite {
  const names = Object.keys(values);
  const key = names.join();
  const byEntity = statements.get(buildSql)!;
  let known = byEntity.get(metadata);
  if (known === undefined) byEntity.set(metadata, (known = new Map()));
  let compiled = known.get(key);
  if (compiled === undefined) known.set(key, (compiled = compile(metadata, names, buildSql)));
  return compiled;
}

const quoted = ({ databaseName }: Columns[number]) => `"${databaseName}"`;

function compile(metadata: EntityMetadata, names: string[], buildSql: BuildSql): CompiledWrite {
  const { columns: all, primaryColumns, name: entity, target } = metadata;
  const columns = names.map((name) => {
    const column = all.find(({ propertyName }) => propertyName === name);
    if (column === undefined) throw new Error(`${entity} has no column ${name}`);
    return column;
  });
  return {
    text: buildSql(quotedTable(metadata), columns.map(quoted), primaryColumns.map(quoted), all.map(quoted).join(', ')),
    columns,
    hydrate: hydrator(target as EntityClass<ObjectLiteral>, all),
  };
}

/** Returns the values as TypeORM stores them in their columns. */
function columnValues(db: EntityManager, columns: Columns, values: ObjectLiteral): unknown[] {
  const { driver } = db.dataSource;
  return columns.map((column): unknown => driver.preparePersistentValue(values[column.propertyName], column));
}
