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

/** Makes the text for a table from its written columns and the list of those to give back. */
type Text = (table: string, written: readonly string[], all: string) => string;

const insertText: Text = (table, written, all) =>
  `insert into ${table} (${written.join(', ')}) values (${written.map((_, i) => `$${i + 1}`).join(', ')}) returning ${all}`;

const updateText: Text = (table, written, all) =>
  `update ${table} set ${written.map((name, i) => `${name} = $${i + 1}`).join(', ')}
  where id = $${written.length + 1} returning ${all}`;

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

/** Changes the row of an id and gives it as it is stored then. Throws where it is not there any more. */
export async function updateRow<T extends ObjectLiteral>(
  db: EntityManager,
  metadata: EntityMetadata,
  id: unknown,
  changes: Partial<T>,
): Promise<T> {
  const { text, columns, fill } = statement(metadata, changes, updateText);
  const { rows } = await execute(db, text, [...stored(db, columns, changes), id]);
  if (rows.length === 0)
    throw new Error(`${metadata.tablePath} has no row ${String(id)}: lock a row before it is changed`);
  return fill(rows[0]!) as T;
}

export async function deleteRow(db: EntityManager, metadata: EntityMetadata, id: unknown): Promise<void> {
  await execute(db, `delete from ${quotedTable(metadata)} where id = $1`, [id]);
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
  const { columns: all, name: entity, target } = metadata;
  const columns = names.map((name) => {
    const column = all.find(({ propertyName }) => propertyName === name);
    if (column === undefined) throw new Error(`${entity} has no column ${name}`);
    return column;
  });
  return {
    text: text(quotedTable(metadata), columns.map(quoted), all.map(quoted).join(', ')),
    columns,
    fill: hydrator(target as EntityClass<ObjectLiteral>, all),
  };
}

/** The values as their columns store them. */
function stored(db: EntityManager, columns: Columns, values: ObjectLiteral): unknown[] {
  const { driver } = db.dataSource;
  return columns.map((column): unknown => driver.preparePersistentValue(values[column.propertyName], column));
}
