// Compares the rows that no request changes, and their values, before and after each step.
import { withClient } from './client.mjs';
import { CHANGED } from './fill.mjs';
import { quoted } from './sql.mjs';

/** Stores the keys of the rows that must stay the same in a separate schema. */
export async function freeze(url, tables) {
  await withClient(url, async (client) => {
    await client.query('create schema rehearsal');
    for (const { name, key } of tables) {
      const names = key.map((column) => `"${column}"`).join(', ');
      await client.query(`create table rehearsal."${name}" as select ${names} from "${name}"
        ${name in CHANGED ? `where id > ${CHANGED[name]}` : ''}`);
    }
    await client.query('analyze');
  });
}

/** Returns for each table the number of these rows, and a checksum of each column that a build uses. */
export async function snapshot(url, tables) {
  return withClient(url, async (client) => {
    const all = new Map();
    for (const table of tables) all.set(table.name, await tableState(client, table));
    return all;
  });
}

async function tableState(client, { name, key, columns }) {
  const counted = columns.filter(({ isCounted }) => !isCounted).map((column) => column.name);
  const joined = key.map((column) => `f."${column}" = t."${column}"`).join(' and ');
  const id = key.map((column) => `t."${column}"`).join(`, ',', `);
  const sums = counted.map(
    (column) => `sum(hashtextextended(concat(${id}, '|', quote_nullable(t."${column}"::text)), 0)::numeric)::text`,
  );
  const text = `select count(t."${key[0]}")::text, ${sums.join(', ')} from rehearsal."${name}" f left join ${quoted(name)} t on ${joined}`;
  try {
    const { rows } = await client.query({ text, rowMode: 'array' });
    const [count, ...values] = rows[0];
    return { count: Number(count), sums: new Map(counted.map((column, at) => [column, values[at]])) };
  } catch (error) {
    return { error: error.message };
  }
}

/** Returns sentences about lost or changed values. Skips tables that could not be read before. */
export function losses(before, after) {
  return [...before].flatMap(([name, was]) => {
    const now = after.get(name);
    if (was.error) return [];
    if (now.error) return [`the rows of ${name} cannot be compared: ${now.error}`];
    if (now.count < was.count) return [`${was.count - now.count} of ${was.count} rows of ${name} are gone`];
    const changed = [...was.sums].filter(([column, sum]) => now.sums.get(column) !== sum).map(([column]) => column);
    return changed.length === 0
      ? []
      : [`values of ${changed.map((column) => `${name}.${column}`).join(', ')} have changed`];
  });
}

const SCHEMA = `
  select 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as what
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind in ('r', 'p', 'f', 'v', 'm') and c.relnamespace = 'public'::regnamespace
  union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
    where connamespace = 'public'::regnamespace and contype <> 'n'
  union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
  union all select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal`;

/** Returns lines that describe the schema. */
export async function schemaOf(url) {
  return withClient(url, async (client) => new Set((await client.query(SCHEMA)).rows.map(({ what }) => what)));
}

const LEFT = `
  select 'constraint ' || conname || ' of ' || conrelid::regclass || ' is not validated' as what
  from pg_constraint where not convalidated`;

/** Returns the constraints that are not validated: migrations have not finished them. */
export async function unfinished(url) {
  return withClient(url, async (client) => (await client.query(LEFT)).rows.map(({ what }) => what));
}
