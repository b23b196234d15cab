// The statements that a build sends for each of its tables, based on its entities. They read, change, insert and delete
// rows.
import { withClient } from './client.mjs';
import { HOT } from './fill.mjs';
import { quoted } from './sql.mjs';

const SAMPLES = 12;
/** The number of unchanged rows for which side effects and refusals are compared as well. */
const WATCHED = 4;

const UNIQUE = `select i.indexrelid::int8 as index, a.attname as column, format_type(a.atttypid, null) as type,
    exists (select from pg_constraint f where f.contype = 'f' and f.conrelid = i.indrelid and f.conkey = array[a.attnum]) as refers
  from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
  where i.indrelid = $1::regclass and i.indisunique`;
/** Columns whose values the database generates. */
const OWN = `select attname as column from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where attrelid = $1::regclass and (attidentity <> '' or attgenerated <> '' or pg_get_expr(adbin, adrelid) like 'nextval(%')`;
/** Whether the role may not do everything: a trigger may refuse the same, as a second safeguard. */
const IS_RESTRICTED = `select not (has_table_privilege($1, 'update') and has_table_privilege($1, 'delete')) as is_restricted
  where to_regclass($1) is not null`;

/**
 * Returns the statements of a build, with values of existing rows. They name columns even if the database lacks them.
 */
export async function statementsOf(url, tables) {
  return withClient(url, async (client) => {
    const all = [];
    for (const table of tables) all.push(...(await statementsFor(client, table)));
    return all;
  });
}

async function statementsFor(client, described) {
  const table = await tableOf(client, described);
  const { name, columns, key, old, newest, steady } = table;
  const { rows } = await client.query(IS_RESTRICTED, [quoted(name)]);
  return [
    {
      table: name,
      action: 'lists',
      text: `select ${columns} from ${quoted(name)} order by ${key.map((column) => `"${column}"`)} limit 20`,
      values: [],
    },
    ...[...old, ...newest].flatMap((row) => ofRow(table, row, steady.includes(row))),
    ...steady.flatMap((row) => repetitions(table, row)),
    ...(rows[0]?.is_restricted ? steady.slice(0, 1).flatMap((row) => privileged(table, row)) : []),
  ];
}

/** Returns statements that first grant themselves what they need, and empty the table. */
function privileged(table, row) {
  const of = quoted(table.name);
  const grant = `grant update, delete, truncate on ${of} to current_user`;
  const changes = ofRow(table, row).filter(({ action }) => ['changes', 'deletes'].includes(action));
  const empties = { table: table.name, action: 'empties', text: `truncate ${of} cascade`, values: [] };
  return [...changes, empties].map((statement) => ({ ...statement, isWatched: true, grant }));
}

/**
 * Returns what the statements of a table need: its columns, and rows of it. `inserted` has the columns that an insert of
 * the build names, if it does not name all. `kept` has the unique columns whose values an insert has to repeat. Rows that
 * meet the condition `deleted` are left out.
 */
export async function tableOf(client, { name, columns, key, inserted, kept = [], deleted = 'false' }) {
  const some = (sql) =>
    client.query(sql, [quoted(name)]).then(
      ({ rows }) => rows,
      () => [],
    );
  const names = columns.map((column) => `"${column.name}"`);
  const unique = (await some(UNIQUE)).map((one) => ({ ...one, refers: one.refers || kept.includes(one.column) }));
  const own = new Set((await some(OWN)).map(({ column }) => column));
  const given = columns.map((column) => column.name).filter((column) => !own.has(column));
  const fewer = inserted && given.filter((column) => inserted.includes(column));
  const rows = await sampleRows(client, { name, names, key, deleted }).catch(() => ({ old: [], newest: [] }));
  const unchanged = rows.old.filter((row) => !(Number(row[key[0]]) <= HOT));
  const settled = unchanged.length > 0 ? unchanged : rows.old; // the key does not begin with an id
  const others = given.filter((column) => !key.includes(column));
  const steady = settled.slice(0, WATCHED);
  const counted = new Set(columns.filter(({ isCounted }) => isCounted).map((column) => column.name));
  return { name, columns: names, key, given, fewer, counted, unique, own, others, ...rows, settled, steady };
}

/** Returns the statements about a row of a table (see tableOf). `stored` has the columns whose values stay as given. */
export function ofRow({ name, columns, key, given, fewer, counted, unique, others }, row, isWatched = false) {
  const about = (action) => ({ table: name, action, isWatched });
  const stored = (written) => written.filter((column) => !counted.has(column));
  const where = key.map((column, at) => `"${column}" = $${at + 1}`).join(' and ');
  const keys = key.map((column) => row[column]);
  const set = others.map((column, at) => `"${column}" = $${at + key.length + 1}`).join(', ');
  const change = {
    ...about('changes'),
    stored: stored(others),
    text: `update ${quoted(name)} set ${set} where ${where}`,
    values: [...keys, ...others.map((column) => row[column])],
  };
  const insert = (into) => ({
    ...about('inserts'),
    stored: stored(into),
    text: insertion(name, into),
    values: copyOf(row, into, unique),
  });
  return [
    { ...about('reads'), text: `select ${columns} from ${quoted(name)} where ${where}`, values: keys },
    ...(set === '' ? [] : [change]),
    ...[given, fewer].filter((into) => into?.length > 0).map(insert),
    { ...about('deletes'), text: `delete from ${quoted(name)} where ${where}`, values: keys },
  ];
}

/** Returns one insert for each unique index that repeats its values. The index must refuse it. */
function repetitions({ name, given, unique, own }, row) {
  return [...Map.groupBy(unique, ({ index }) => index).values()]
    .filter((columns) => !columns.some(({ column }) => own.has(column)))
    .map((columns) => {
      const kept = new Set(columns.map(({ column }) => column));
      const others = unique.filter(({ column }) => !kept.has(column));
      const values = copyOf(row, given, others);
      return { table: name, action: 'repeats', isWatched: true, text: insertion(name, given), values };
    });
}

/** Returns some of the first rows, which must stay the same, and some of the newest, which requests have created. */
async function sampleRows(client, { name, names, key, deleted }) {
  const texts = names.map((column) => `${column}::text`).join(', ');
  const order = key.map((column) => `"${column}"`);
  const from = `${quoted(name)} where (${deleted}) is not true`;
  const some = (sql) => client.query(sql).then(({ rows }) => rows);
  const old = await some(
    `select ${texts} from (select * from ${from} order by ${order} limit 400) t order by md5(t::text) limit ${SAMPLES}`,
  );
  const newest = await some(
    `select ${texts} from ${from} order by ${order.map((one) => `${one} desc`)} limit ${SAMPLES}`,
  );
  return { old, newest };
}

const insertion = (name, given) =>
  `insert into ${quoted(name)} (${given.map((column) => `"${column}"`).join(', ')}) values (${given.map((_, at) => `$${at + 1}`).join(', ')})`;

/** Returns the values of the row, with new values for columns that are unique. */
function copyOf(row, given, unique) {
  const other = new Map(unique.filter(({ refers }) => !refers).map(({ column, type }) => [column, type]));
  return given.map((column) => (other.has(column) ? another(row[column], other.get(column)) : row[column]));
}

function another(value, type) {
  const number = 1_000_000_000 + Math.floor(Math.random() * 1_000_000_000);
  if (type === 'smallint') return String(number % 30_000);
  if (/int|numeric/.test(type)) return String(number);
  if (type === 'uuid') return crypto.randomUUID();
  if (type === 'bytea') return String.raw`\x${crypto.randomUUID().replaceAll('-', '')}`;
  return `${value}${number}`;
}
