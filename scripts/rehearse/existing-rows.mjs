// Finds existing rows that new rules no longer let the old build change or delete. They are too rare to be among the rows
// of its statements.
import { withClient } from './client.mjs';
import { quoted } from './sql.mjs';
import { tableOf } from './statements.mjs';

/** The most rows that are changed or deleted in one statement, to try a trigger. A deletion may reach many other rows. */
const MOST_TRIED = { changes: 20_000, deletes: 2000 };
/** The most rows that are deleted one by one, to try a foreign key. */
const MOST_DELETED = 20;
/** After this time, a try ends without a result. */
const MOST_MS = 60_000;
/** The error codes of a foreign key, without and with RESTRICT: it refused to delete the row before as well. */
const IS_REFERRED_TO = new Set(['23503', '23001']);
/** The error codes of a statement that met a job of a build that changed the same rows, and of one that took too long. */
const IS_CHANGED = new Set(['40P01', '40001']);
const IS_SLOW = '57014';
const MOST_TRIES = 3;
/** Why a try has no result. */
const OTHERS = 'others changed the same rows meanwhile';
const SLOW = 'trying it took too long';

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

/**
 * Returns the rules of the old schema: unvalidated checks, triggers, and foreign keys that refuse deletions. `trials` has
 * what its triggers do to existing rows of these tables, which may have been written without them.
 */
export const rulesOf = (url, tables, mostMs = MOST_MS) =>
  withClient(url, async (client) => {
    const rules = await rulesNow(client);
    const trials = new Map();
    for (const table of tables.filter(({ name }) => rules.triggers.some((one) => one.table === name)))
      for (const action of ['changes', 'deletes'])
        trials.set(`${table.name} ${action}`, await tryTriggers(client, table, action, mostMs));
    return { ...rules, trials };
  });

async function rulesNow(client) {
  const rows = async (sql) => (await client.query(sql)).rows;
  return { checks: await rows(CHECKS), triggers: await rows(TRIGGERS), foreignKeys: await rows(FOREIGN_KEYS) };
}

/**
 * Returns what new rules refuse: `{ table, action, why }`. A try without a result `isUnchecked`. Tries only what
 * `works(table, action)` with the rows of the build's statements. `tables` are those of the build.
 */
export async function refusedRows(url, tables, before, works, mostMs = MOST_MS) {
  const known = new Map(tables.map((table) => [table.name, table]));
  return withClient(url, async (client) => {
    const now = await rulesNow(client);
    const added = (kind, ...keys) =>
      now[kind].filter((one) => !before[kind].some((old) => keys.some((key) => old[key] === one[key])));
    const found = [];
    for (const check of added('checks', 'name'))
      if (known.has(check.table)) found.push(await byCheck(client, check, mostMs));
    for (const { table } of added('triggers', 'rule'))
      for (const action of ['changes', 'deletes'])
        if (known.has(table) && works(table, action))
          found.push(await byTrigger(client, known.get(table), action, before.trials, mostMs));
    for (const key of added('foreignKeys', 'numbers', 'names'))
      if (known.has(key.target) && works(key.target, 'deletes')) found.push(await byForeignKey(client, key, mostMs));
    return found.filter((one) => one !== undefined);
  });
}

/** A condition may raise an error for a row. It then raises it for each change of the row. */
async function byCheck(client, { table, name, condition }, mostMs) {
  const text = `select count(*)::int as count from ${table} where not (${condition})`;
  const { error, value, unchecked } = await attempt(
    client,
    mostMs,
    async () => (await client.query(text)).rows[0].count,
  );
  if (unchecked) return withoutResult(table, 'changes', unchecked);
  if (error)
    return { table, action: 'changes', why: `the constraint ${name} fails for existing rows: ${error.message}` };
  const why = `the constraint ${name} refuses each change of ${value} existing rows`;
  return value > 0 ? { table, action: 'changes', why } : undefined;
}

/** Compares what the triggers of a table do now with what those of the old schema did: see rulesOf. */
async function byTrigger(client, described, action, trials, mostMs) {
  const table = described.name;
  const { error, kept, of, changed = [], ...tried } = await tryTriggers(client, described, action, mostMs);
  const was = trials.get(`${table} ${action}`) ?? {};
  const unchecked = tried.unchecked ?? was.unchecked;
  if (unchecked) return withoutResult(table, action, unchecked);
  const isOther = error !== undefined && !IS_REFERRED_TO.has(error.code) && kindOf(error) !== kindOf(was.error);
  if (isOther) return { table, action, why: error.message };
  if (kept > 0 && !(was.kept > 0))
    return { table, action, why: `without an error, ${kept} of ${of} rows stay as they are` };
  const other = changed.find(({ column }) => !was.changed?.some((one) => one.column === column));
  if (other === undefined) return undefined;
  return { table, action, why: `it stores another ${other.column} in ${other.count} existing rows` };
}

/** The same error may name another row. */
const kindOf = (error) => error && `${error.code} ${error.constraint} ${error.message.replaceAll(/\d+/g, '0')}`;

const withoutResult = (table, action, why) => ({ table, action, isUnchecked: true, why });

/**
 * Sets all columns of many rows to their values, or deletes these rows. Returns the `error`, how many rows were `kept` as
 * they were, or the columns that have other values now, as `changed`.
 */
async function tryTriggers(client, described, action, mostMs) {
  const { name, key, others, counted } = await tableOf(client, described);
  const set = others.map((column) => `"${column}" = "${column}"`).join(', ');
  if (action === 'changes' && set === '') return {};
  const keys = key.map((column) => `"${column}"`).join(', ');
  const work = action === 'changes' ? `update ${quoted(name)} set ${set}` : `delete from ${quoted(name)}`;
  const { value, ...failed } = await attempt(client, mostMs, async () => {
    const tried = await client.query(`create temp table tried on commit drop as
      select * from ${quoted(name)} order by hashtext(concat(${keys})) limit ${MOST_TRIED[action]}`);
    const done = await client.query(`${work} where (${keys}) in (select ${keys} from tried)`);
    await client.query('set constraints all immediate');
    const counts = { kept: tried.rowCount - done.rowCount, of: tried.rowCount };
    const stored = others.filter((column) => !counted.has(column));
    if (action === 'deletes' || stored.length === 0) return counts;
    return { ...counts, changed: await changedColumns(client, name, keys, stored) };
  });
  return { ...failed, ...value };
}

/** Returns the columns that were set to their own values and have other values now, and in how many rows. */
async function changedColumns(client, name, keys, columns) {
  const counts = columns.map(
    (column) => `(count(*) filter (where t."${column}"::text is distinct from b."${column}"::text))::int`,
  );
  const text = `select array[${counts.join(', ')}] as counts from tried b join ${quoted(name)} t using (${keys})`;
  const [{ counts: found }] = (await client.query(text)).rows;
  return columns.map((column, at) => ({ column, count: found[at] })).filter(({ count }) => count > 0);
}

async function byForeignKey(client, { name, table, target, joined }, mostMs) {
  const { rows } = await client.query(`select ctid::text as at from ${target} p
    where exists (select from ${table} c where ${joined}) order by hashtext(ctid::text) limit ${MOST_DELETED}`);
  for (const { at } of rows) {
    const { error, unchecked } = await attempt(client, mostMs, async () => {
      await client.query(`delete from ${target} where ctid = '${at}'`);
      await client.query('set constraints all immediate');
    });
    if (unchecked) return withoutResult(target, 'deletes', unchecked);
    if (error?.constraint === name) return { table: target, action: 'deletes', why: error.message };
  }
  return undefined;
}

/**
 * Does work on one snapshot and rolls it back. Returns its `value` or its `error`. A clean-up may change one of the rows
 * meanwhile. It is then done again. Without a result, `unchecked` says why.
 */
async function attempt(client, mostMs, work) {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    try {
      await client.query(`begin isolation level repeatable read; set local statement_timeout = ${mostMs}`);
      return { value: await work() };
    } catch (error) {
      if (error.code === IS_SLOW) return { unchecked: SLOW };
      if (!IS_CHANGED.has(error.code)) return { error };
    } finally {
      await client.query('rollback');
    }
  }
  return { unchecked: OTHERS };
}
