// Prints as JSON what a build knows about the database: its migrations, the tables and columns that its statements name,
// and all that it may use.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { escaped } from './sql.mjs';

const dist = process.argv[2];
const { default: source } = await import(pathToFileURL(join(dist, 'ormconfig.js')));
await source.initialize();
const text = sources(join(dist, 'src')).join('\n');
const inPublic = source.entityMetadatas.filter(({ schema }) => schema === undefined || schema === 'public');
const ofTables = inPublic.filter(({ tableType }) => tableType !== 'view'); // a view has no key
const tables = ofTables.map(({ tableName, columns, primaryColumns }) => ({
  name: tableName,
  columns: columns.map(({ databaseName, isVersion, isUpdateDate }) => ({
    name: databaseName,
    isCounted: isVersion || isUpdateDate || databaseName === 'version',
  })),
  key: primaryColumns.map(({ databaseName }) => databaseName),
}));
const migrations = source.migrations.map((one) => one.name ?? one.constructor.name);
const all = [...tables, ...(await unmapped(tables))];
const described = all.map((table) => ({ ...table, inserted: insertedColumns(table.name) }));
console.log(JSON.stringify({ migrations, tables: described, used: await usedTables(tables) }));
await source.destroy();

/** Returns the tables of the database that have no entity but are named in the sources. `key` may be null. */
async function unmappedTables(mapped) {
  const known = new Set(['migrations', ...mapped.map(({ name }) => name)]);
  return (await tablesOfDatabase()).filter(({ name }) => !known.has(name) && inSql(name).test(text));
}

/** Returns those that have a key. All their columns count as used. */
async function unmapped(mapped) {
  return (await unmappedTables(mapped))
    .filter(({ key }) => key !== null)
    .map(({ name, columns, key }) => ({
      name,
      key,
      columns: columns.map((column) => ({ name: column, isCounted: false })),
    }));
}

/**
 * Returns all tables and columns that the build may use: the columns of an entity, those whose name is a word of the
 * sources, and all columns of other tables.
 */
async function usedTables(mapped) {
  const all = new Map((await tablesOfDatabase()).map(({ name, columns }) => [name, columns]));
  const isWord = (column) => new RegExp(String.raw`\b${escaped(column)}\b`).test(text);
  const ofEntities = mapped.map(({ name, columns }) => {
    const known = columns.map((column) => column.name);
    return { name, columns: [...new Set([...known, ...(all.get(name) ?? []).filter(isWord)])] };
  });
  return [...ofEntities, ...(await unmappedTables(mapped)).map(({ name, columns }) => ({ name, columns }))];
}

function tablesOfDatabase() {
  return source.query(`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns,
      (select array_agg(k.attname::text) from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = any (i.indkey)
        where i.indrelid = c.oid and i.indisprimary) as key
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by c.oid, c.relname`);
}

/** Matches SQL that names the table. The word alone may be anything. */
function inSql(name) {
  return new RegExp(`\\b(?:from|into|update|join|table|using)\\s+(?:only\\s+)?(?:"?public"?\\.)?"?${name}\\b`, 'i');
}

/** Returns the columns that an insert in the sources names: the fewest, or undefined. The others get their defaults. */
function insertedColumns(name) {
  const insert = new RegExp(`\\binsert\\s+into\\s+"?${name}"?\\s*(?:as\\s+\\w+\\s*)?\\(([\\w\\s,"]+)\\)`, 'gi');
  const lists = [...text.matchAll(insert)].map(([, list]) => list.match(/\w+/g));
  return lists.toSorted((a, b) => a.length - b.length)[0];
}

function sources(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}
