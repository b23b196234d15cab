import type { EntityManager, EntityMetadata, ObjectLiteral } from 'typeorm';
import { hydrator, type EntityClass } from './hydrate.js';
import { quotedTable } from './naming.js';
import { execute } from './statement.js';

type Columns = EntityMetadata['columns'];

/** A statement that writes these columns and gives back the row. */
interface Compiled {
  readonly text: string;
  readonly columns: Columns;
  readonly fill: (row: readonly unknown[]) => ObjectLiteral;
}

/** Makes the text for a table from its written columns, those of its primary key, and the list of those to give back. */
type Text = (table: string, written: readonly string[], key: readonly string[], all: string) => string;

const insertText: Text = (table, written, _key, all) =>
  `insert into ${table} (${written.join(', ')}) values (${written.map((_, i) => `$${i + 1}`).join(', ')}) returning ${all}`;

const updateText: Text = (table, written, key, all) =>
  `update ${table} set ${equations(written).join(', ')} where ${equations(key, written.length).join(' and ')} returning ${all}`;

const equations = (columns: readonly string[], from = 0) => columns.map((name, i) => `${name} = $${from + i + 1}`);

/** Writes a new row and gives it as it is stored, with the defaults of the columns that have no value here. */
export async function insertRow<T extends ObjectLiteral>(
  db: EntityManager,
  metadata: EntityMetadata,
  values: Partial<T>,
): Promise<T> {
  const { text, columns, fill } = statement(metadata, values, insertText);
  const { rows } = await execute(db, text, stored(db, columns, values));
  return fill(rows[0]!) as T;
}

/** Changes a row and gives it as it is stored then. Throws where it is not there any more. */
export async function updateRow<T extends ObjectLiteral>(
  db: EntityManager,
  metadata: EntityMetadata,
  row: T,
  changes: Partial<T>,
): Promise<T> {
  const { text, columns, fill } = statement(metadata, changes, updateText);
  const key = stored(db, metadata.primaryColumns, row);
  const { rows } = await execute(db, text, [...stored(db, columns, changes), ...key]);
  if (rows.length === 0)
    throw new Error(`${metadata.tablePath} has no row ${key.join()}: lock a row before it is changed`);
  return fill(rows[0]!) as T;
}

export async function deleteRow(db: EntityManager, metadata: EntityMetadata, row: ObjectLiteral): Promise<void> {
  const { primaryColumns } = metadata;
  const text = `delete from ${quotedTable(metadata)} where ${equations(primaryColumns.map(quoted)).join(' and ')}`;
  await execute(db, text, stored(db, primaryColumns, row));
}

/** By entity, and the names of the values in their order. */
const statements = new Map<Text, WeakMap<EntityMetadata, Map<string, Compiled>>>([
  [insertText, new WeakMap()],
  [updateText, new WeakMap()],
]);

function statement(metadata: EntityMetadata, values: object, text: Text): Compiled {
  const names = Object.keys(values);
  const key = names.join();
  const ofEntities = statements.get(text)!;
  let known = ofEntities.get(metadata);
  if (known === undefined) ofEntities.set(metadata, (known = new Map()));
  let compiled = known.get(key);
  if (compiled === undefined) known.set(key, (compiled = compile(metadata, names, text)));
  return compiled;
}

const quoted = ({ databaseName }: Columns[number]) => `"${databaseName}"`;

function compile(metadata: EntityMetadata, names: string[], text: Text): Compiled {
  const { columns: all, primaryColumns, name: entity, target } = metadata;
  const columns = names.map((name) => {
    const column = all.find(({ propertyName }) => propertyName === name);
    if (column === undefined) throw new Error(`${entity} has no column ${name}`);
    return column;
  });
  return {
    text: text(quotedTable(metadata), columns.map(quoted), primaryColumns.map(quoted), all.map(quoted).join(', ')),
    columns,
    fill: hydrator(target as EntityClass<ObjectLiteral>, all),
  };
}

/** The values as their columns store them. */
function stored(db: EntityManager, columns: Columns, values: ObjectLiteral): unknown[] {
  const { driver } = db.dataSource;
  return columns.map((column): unknown => driver.preparePersistentValue(values[column.propertyName], column));
}
