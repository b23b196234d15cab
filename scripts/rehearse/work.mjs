// What a transaction has locked, read and written, as PostgreSQL counts it on the transaction's own connection.

export const STOPS = {
  AccessExclusiveLock: 'reads and writes',
  ExclusiveLock: 'writes',
  ShareRowExclusiveLock: 'writes',
  ShareLock: 'writes',
};
const STRENGTH = Object.keys(STOPS);

const STATE = `select json_build_object(
  'lockTimeout', (select setting::int from pg_settings where name = 'lock_timeout'),
  'locks', (select coalesce(json_agg(json_build_array(l.relation::int8, l.mode)), '[]') from pg_locks l
    where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted and l.mode = any ($1::text[])),
  'tables', (select coalesce(json_agg(json_build_object('oid', c.oid::int8, 'name', c.oid::regclass::text,
      'file', pg_relation_filenode(c.oid)::int8,
      'triggers', (select count(*) from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal),
      'read', pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid),
      'inserted', pg_stat_get_xact_tuples_inserted(c.oid),
      'changed', pg_stat_get_xact_tuples_updated(c.oid) + pg_stat_get_xact_tuples_deleted(c.oid))), '[]')
    from pg_class c where c.relkind = 'r' and c.relpersistence <> 't'
      and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)),
  'partitioned', (select coalesce(json_agg(oid::regclass::text), '[]') from pg_class where relkind = 'p'),
  'indexes', (select coalesce(json_agg(json_build_array(i.indexrelid::int8, i.indrelid::int8)), '[]') from pg_index i
    join pg_class c on c.oid = i.indrelid where c.relnamespace <> 'pg_catalog'::regnamespace)) as state`;

export async function stateOf(query) {
  const [{ state }] = await query(STATE, [STRENGTH]);
  const { tables } = state;
  return { ...state, tables: new Map(tables.map((table) => [table.oid, table])), indexes: new Map(state.indexes) };
}

/**
 * Returns the locks on tables that existed before the migrations, the strongest first. `sizes` has their numbers of
 * rows.
 */
export function locksOf({ locks, tables }, sizes) {
  return locks
    .filter(([oid]) => sizes.has(oid))
    .map(([oid, mode]) => ({ table: tables.get(oid)?.name ?? 'a table that it drops', mode }))
    .toSorted((a, b) => STRENGTH.indexOf(a.mode) - STRENGTH.indexOf(b.mode));
}

/** Returns the most rows that were read, written or indexed in one table between two states, and a description. */
export function workOf(before, after, sizes) {
  const parts = [];
  for (const [oid, { name, read, inserted, changed }] of after.tables) {
    const was = before.tables.get(oid) ?? { read: 0, inserted: 0, changed: 0 };
    const [reads, writes] = [read - was.read, inserted + changed - was.inserted - was.changed];
    if (reads > 0) parts.push({ rows: reads, what: `reads ${reads} rows of ${name}` });
    if (writes > 0) parts.push({ rows: writes, what: `writes ${writes} rows of ${name}` });
  }
  return largest([...parts, builtIndex(before, after, sizes)]);
}

/** Returns the number of rows of the largest index that was built between two states, and a description. */
export function builtIndex(before, after, sizes) {
  const parts = [];
  for (const [index, table] of after.indexes) {
    const rows = before.indexes.has(index) || !before.tables.has(table) ? 0 : (sizes.get(table) ?? 0);
    if (rows > 0) parts.push({ rows, what: `builds an index of ${rows} rows of ${after.tables.get(table)?.name}` });
  }
  return largest(parts);
}

const largest = (parts) => parts.toSorted((a, b) => b.rows - a.rows)[0] ?? { rows: 0, what: '' };

/** Returns whether a table has no pages. */
export async function isEmpty(query, oid) {
  const [{ size }] = await query('select pg_relation_size($1::oid) as size', [oid]);
  return Number(size) === 0;
}

const LOCKED = `select l.relation::regclass::text as table from pg_locks l join pg_class c on c.oid = l.relation
  where l.pid = pg_backend_pid() and l.mode = 'RowShareLock' and c.relkind = 'r' and c.relnamespace <> 'pg_catalog'::regnamespace`;

/** Counts the rows of each table that the transaction has locked, but not changed. */
export async function lockedRows(query) {
  const counted = [];
  for (const { table } of await query(LOCKED)) {
    const text = `select count(*)::int as rows from ${table} where xmax = pg_current_xact_id_if_assigned()::xid`;
    const [{ rows }] = await query(text);
    counted.push({ table, rows });
  }
  return counted;
}

/** Returns the number that the next transaction will get, as a text. */
export async function nextTransaction(query) {
  const [{ next }] = await query('select pg_snapshot_xmax(pg_current_snapshot())::xid::text as next');
  return next;
}

/** Returns the most rows of a table that one transaction, this one or a later one, has written. Each row has its number. */
export async function largestWrite(query, table, transaction) {
  const [{ rows }] = await query(
    `select coalesce(max(rows), 0)::int as rows from (select count(*) as rows from ${table}
      where age(xmin) <= age($1::text::xid) group by xmin::text) written`,
    [transaction],
  );
  return rows;
}
