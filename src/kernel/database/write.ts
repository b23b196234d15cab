import type { EntityManager, EntityMetadata, ObjectLiteral } from 'typeorm';
import { hydrator, type EntityClass } from './hydrate.js';
import { judgeRow } from './judge-row.js';
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
export async function insert<T extends ObjectLiteral>(
  tx: EntityManager,
  Entity: EntityClass<T>,
  values: Partial<NoInfer<T>>,
): Promise<T> {
  const { text, columns, fill } = statement(tx, Entity, values, insertText);
  const { rows } = await execute(tx, text, stored(tx, columns, values));
  return fill(rows[0]!) as T;
}

type Identified = ObjectLiteral & { id: number | string };

/**
 * Changes a row that the transaction has locked, and gives it as it is stored then. Throws preconditionFailed where the
 * request means another version of it.
 */
export async function update<T extends Identified>(
  tx: EntityManager,
  Entity: EntityClass<T>,
  row: T,
  changes: Partial<NoInfer<T>>,
): Promise<T> {
  judgeRow(tx, Entity, row);
  if (Object.keys(changes).length === 0) return row;
  const { text, columns, fill } = statement(tx, Entity, changes, updateText);
  const { rows } = await execute(tx, text, [...stored(tx, columns, changes), row.id]);
  return fill(rows[0]!) as T;
}

/** Deletes a row that the transaction has locked. Throws preconditionFailed where the request means another version of it. */
export async function remove<T extends Identified>(tx: EntityManager, Entity: EntityClass<T>, row: T): Promise<void> {
  judgeRow(tx, Entity, row);
  await execute(tx, `delete from "${tx.dataSource.getMetadata(Entity).tablePath}" where id = $1`, [row.id]);
}

/** By entity, and the names of the values in their order. */
const statements = new Map<Text, Map<EntityClass<ObjectLiteral>, Map<string, Compiled>>>([
  [insertText, new Map()],
  [updateText, new Map()],
]);

function statement(tx: EntityManager, Entity: EntityClass<ObjectLiteral>, values: object, text: Text): Compiled {
  const names = Object.keys(values);
  const key = names.join();
  const ofEntities = statements.get(text)!;
  const known = ofEntities.get(Entity) ?? new Map<string, Compiled>();
  ofEntities.set(Entity, known);
  const compiled = known.get(key) ?? compile(tx, Entity, names, text);
  known.set(key, compiled);
  return compiled;
}

const quoted = ({ databaseName }: Columns[number]) => `"${databaseName}"`;

function compile(tx: EntityManager, Entity: EntityClass<ObjectLiteral>, names: string[], text: Text): Compiled {
  const { columns: all, tablePath } = tx.dataSource.getMetadata(Entity);
  const columns = names.map((name) => all.find(({ propertyName }) => propertyName === name)!);
  return {
    text: text(`"${tablePath}"`, columns.map(quoted), all.map(quoted).join(', ')),
    columns,
    fill: hydrator(Entity, all),
  };
}

/** The values as their columns store them. */
function stored(tx: EntityManager, columns: Columns, values: ObjectLiteral): unknown[] {
  const { driver } = tx.dataSource;
  return columns.map((column): unknown => driver.preparePersistentValue(values[column.propertyName], column));
}
