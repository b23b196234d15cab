// Finds existing rows that new rules no longer let the old build change or delete. They are too rare to be among the rows
// of its statements.
import { withClient } from './client.mjs';
import { quoted } from './sql.mjs';
import { tableOf } from './statements.mjs';

/** The most rows that are changed or deleted in one statement, to try a trigger. A deletion may reach many other rows. */
const MOST_TRIED = { changes: 20_000, deletes: 2000 };
/** The most rows that are deleted one by one, to try a foreign key. */
const MOST_DELETED = 20;
/** A slow trigger is found by other statements. */
const MOST_MS = 60_000;
/** The error codes of a foreign key, without and with RESTRICT: it refused to delete the row before as well. */
const IS_REFERRED_TO = new Set(['23503', '23001']);
/** The error codes of a statement that took too long, or met a job of a build that changed the same rows. */
const IS_CHANCE = new Set(['57014', '40P01', '40001']);

const CHECKS = `select conrelid::regclass::text as table, conname as name,
    case contype when 'c' then pg_get_expr(conbin, conrelid) else quote_ident(attname) || ' is not null' end as condition
  from pg_constraint left join pg_attribute on attrelid = conrelid and attnum = conkey[1] and contype = 'n'
  where contype in ('c', 'n') and conenforced and not convalidated and conrelid <> 0 and connamespace = 'public'::regnamespace`;

const TRIGGERS = `select tgrelid::regclass::text as table, string_agg(concat(pg_get_triggerdef(t.oid), tgenabled, prosrc), ' ' order by tgname) as rule
  from pg_trigger t join pg_proc p on p.oid = tgfoid where not tgisinternal group by tgrelid`;

/** `numbers` and `names` tell which columns a key protects. One of them stays the same if a table is renamed or copied. */
const FOREIGN_KEYS = `select conname as name, conrelid::regclass::text as table, confrelid::regclass::text as target, joined,
    concat_ws(' ', conrelid::oid, confrelid::oid, pairs) as numbers, concat_ws(' ', conrelid::regclass, confrelid::regclass, joined) as names
  from pg_constraint cross join lateral (
    select string_agg(format('c.%I = p.%I', a.attname, b.attname), ' and ' order by one) as joined,
      string_agg(format('%s = %s', one, two), ' and ' order by one) as pairs
    from unnest(conkey, confkey) k (one, two)
      join pg_attribute a on a.attrelid = conrelid and a.attnum = one
      join pg_attribute b on b.attrelid = confrelid and b.attnum = two) k
  where contype = 'f' and confdeltype in ('a', 'r') and conenforced and connamespace = 'public'::regnamespace`;

/** Returns the rules of the old schema: unvalidated checks, triggers, and foreign keys that refuse deletions. */
export const rulesOf = (url) =>
  withClient(url, async (client) => {
    const rows = async (sql) => (await client.query(sql)).rows;
    return { checks: await rows(CHECKS), triggers: await rows(TRIGGERS), foreignKeys: await rows(FOREIGN_KEYS) };
  });

/**
 * Returns what new rules refuse: `{ table, action, why }`. Tries only what `works(table, action)` with the rows of the
 * build's statements. `tables` are those of the build.
 */
export async function refusedRows(url, tables, before, works) {
  const now = await rulesOf(url);
  const known = new Map(tables.map((table) => [table.name, table]));
  const added = (kind, ...keys) =>
    now[kind].filter((one) => !before[kind].some((old) => keys.some((key) => old[key] === one[key])));
  return withClient(url, async (client) => {
    const found = [];
    for (const check of added('checks', 'name')) if (known.has(check.table)) found.push(await byCheck(client, check));
    for (const { table } of added('triggers', 'rule'))
      for (const action of ['changes', 'deletes'])
        if (known.has(table) && works(table, action)) found.push(await byTrigger(client, known.get(table), action));
    for (const key of added('foreignKeys', 'numbers', 'names'))
      if (known.has(key.target) && works(key.target, 'deletes')) found.push(await byForeignKey(client, key));
    return found.filter((one) => one !== undefined);
  });
}

/** A condition may raise an error for a row. It then raises it for each change of the row. */
async function byCheck(client, { table, name, condition }) {
  const text = `select count(*)::int as count from ${table} where not (${condition})`;
  const { error, value } = await attempt(client, async () => (await client.query(text)).rows[0].count);
  if (error)
    return { table, action: 'changes', why: `the constraint ${name} fails for existing rows: ${error.message}` };
  const why = `the constraint ${name} refuses each change of ${value} existing rows`;
  return value > 0 ? { table, action: 'changes', why } : undefined;
}

/** Sets all columns of many rows to their values, or deletes these rows. */
async function byTrigger(client, described, action) {
  const { name, key, others, counted } = await tableOf(client, described);
  const set = others.map((column) => `"${column}" = "${column}"`).join(', ');
  const keys = key.map((column) => `"${column}"`).join(', ');
  const work = action === 'changes' ? `update ${quoted(name)} set ${set}` : `delete from ${quoted(name)}`;
  const { error, value: why } = await attempt(client, async () => {
    const tried = await client.query(`create temp table tried on commit drop as
      select * from ${quoted(name)} order by hashtext(concat(${keys})) limit ${MOST_TRIED[action]}`);
    const done = await client.query(`${work} where (${keys}) in (select ${keys} from tried)`);
    await client.query('set constraints all immediate');
    if (done.rowCount < tried.rowCount)
      return `without an error, ${tried.rowCount - done.rowCount} of ${tried.rowCount} rows stay as they are`;
    const stored = others.filter((column) => !counted.has(column));
    return action === 'changes' && stored.length > 0 ? changedRows(client, name, keys, stored) : undefined;
  });
  const isOther = error === undefined || IS_REFERRED_TO.has(error.code);
  return isOther && why === undefined ? undefined : { table: name, action, why: why ?? error.message };
}

/** Returns a sentence if rows that were set to their own values have other values now. */
async function changedRows(client, name, keys, columns) {
  const counts = columns.map(
    (column) => `(count(*) filter (where t."${column}"::text is distinct from b."${column}"::text))::int`,
  );
  const text = `select array[${counts.join(', ')}] as counts from tried b join ${quoted(name)} t using (${keys})`;
  const [{ counts: found }] = (await client.query(text)).rows;
  const at = found.findIndex((count) => count > 0);
  return at === -1 ? undefined : `it stores another ${columns[at]} in ${found[at]} existing rows`;
}

async function byForeignKey(client, { name, table, target, joined }) {
  const { rows } = await client.query(`select ctid::text as at from ${target} p
    where exists (select from ${table} c where ${joined}) order by hashtext(ctid::text) limit ${MOST_DELETED}`);
  for (const { at } of rows) {
    const { error } = await attempt(client, async () => {
      await client.query(`delete from ${target} where ctid = '${at}'`);
      await client.query('set constraints all immediate');
    });
    if (error?.constraint === name) return { table: target, action: 'deletes', why: error.message };
  }
  return undefined;
}

/**
 * Does work on one snapshot and rolls it back. Returns its value or its error, unless the error may be chance: a clean-up
 * may delete a row meanwhile.
 */
async function attempt(client, work) {
  try {
    await client.query(`begin isolation level repeatable read; set local statement_timeout = ${MOST_MS}`);
    return { value: await work() };
  } catch (error) {
    return IS_CHANCE.has(error.code) ? {} : { error };
  } finally {
    await client.query('rollback');
  }
}
