// What no request of the rehearsal shows, but production needs: the settings of the database, the state of sequences, and
// the indexes of rare statements.
import { withClient } from './client.mjs';

/** Statements that are tried and rolled back use up numbers, too. A larger step is not theirs. */
const MOST_NUMBERS = 1_000_000;

/** Whether an option disables autovacuum: also if so many changes, or changes for each row, have to come first. */
const DISABLES = `case split_part(option, '=', 1) when 'autovacuum_enabled' then not split_part(option, '=', 2)::boolean
  when 'autovacuum_vacuum_scale_factor' then split_part(option, '=', 2)::float8 >= 10
  when 'autovacuum_vacuum_threshold' then split_part(option, '=', 2)::float8 >= 100000000 else false end`;

/** These settings change what is logged, how much memory a statement may use, or how it is planned, but not its result. */
const TUNING =
  '^(jit.*|log_.*|.*work_mem|hash_mem_multiplier|(effective|max_parallel)_.*|(random|seq)_page_cost|default_statistics_target)=';

const SETTINGS = `
  select 'the setting ' || setting as what from pg_db_role_setting, unnest(setconfig) setting
    where (setdatabase = (select oid from pg_database where datname = current_database()) or setrole = current_user::regrole)
      and setting !~ '${TUNING}'
  union all select 'connection limit ' || datconnlimit from pg_database where datname = current_database()
`;

/** A migration may remove these: autovacuum then runs again. */
const UNATTENDED = `select 'the option ' || option || ' of ' || t.relname as what from pg_class t join pg_class c on c.oid in (t.oid, t.reltoastrelid),
    unnest(c.reloptions) option
    where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and ${DISABLES}`;

/** Also those of partitioned tables and of the job queue. */
const INVALID = `select 'the index ' || c.oid::regclass || ', which is not valid' as what from pg_index i join pg_class c on c.oid = i.indexrelid
  where not i.indisvalid and c.relkind in ('i', 'I') and c.relnamespace in (select oid from pg_namespace where nspname in ('public', 'pgboss'))`;

/** What the job queue needs, apart from its jobs. */
const QUEUE = `
  select format('the queue %s (%s)', name, concat_ws(', ', policy, retry_limit, retry_delay, expire_seconds, retention_seconds,
    deletion_seconds, heartbeat_seconds, dead_letter, notify, table_name)) as what from pgboss.queue
  union all select format('the schedule %s %s (%s)', name, key, cron) from pgboss.schedule
  union all select 'version ' || version || ' of the job queue' from pgboss.version`;

const SEQUENCES = `select c.oid::int8 as oid, c.relname as name, d.refobjid::int8 as table, d.refobjid::regclass::text as of,
    (select quote_ident(attname) from pg_attribute where attrelid = d.refobjid and attnum = d.refobjsubid) as column, s.seqmax::float8 as max, s.seqincrement::float8 as step,
    s.seqcache::float8 as cache, s.seqcycle as cycle
  from pg_sequence s join pg_class c on c.oid = s.seqrelid
    join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
  where c.relnamespace = 'public'::regnamespace`;

/** `lead` is the number of the first column; 0 if the index begins with an expression. */
const INDEXES = `select i.indexrelid::regclass::text as name, i.indrelid::int8 as table,
    i.indkey[0]::int as lead, c.relam::int8 as method,
    array(select unnest(i.indclass)::int8) as classes, array(select unnest(i.indcollation)::int8) as collations, array(select unnest(i.indoption)::int) as options,
    coalesce(pg_get_expr(i.indpred, i.indrelid), '') as condition,
    array(select pg_get_indexdef(i.indexrelid, k, false) from generate_series(1, i.indnkeyatts) k) as keys,
    array(select unnest(i.indkey)::int union select d.refobjsubid from pg_depend d
      where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid) as columns
  from pg_index i join pg_class c on c.oid = i.indexrelid where i.indisvalid and c.relnamespace in (select oid from pg_namespace where nspname in ('public', 'pgboss'))`;

const NUMBERS = `select c.oid::int8 as table, relname::text as name, nspname::text as schema, attname::text as column, attnum::int as number
  from pg_class c join pg_namespace n on n.oid = relnamespace join pg_attribute on attrelid = c.oid
  where nspname in ('public', 'pgboss') and relkind in ('r', 'v', 'p') and attnum > 0 and not attisdropped`;

const COLUMNS = `select attrelid::int8 as table, array_agg(attnum::int) as columns from pg_attribute
  where attnum > 0 and not attisdropped group by attrelid`;

/** An index is not used if its function has become volatile. */
const FUNCTIONS = `select distinct 'the function ' || p.oid::regprocedure || ' of an index, which is not immutable' as what
  from pg_depend d join pg_index i on i.indexrelid = d.objid join pg_proc p on p.oid = d.refobjid
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_proc'::regclass and p.provolatile <> 'i'`;

/** What a build relies on at any time, apart from indexes. `column` is 0 for what is not a column. */
const GUARDS = `
  select format('the constraint %s of %s: %s', conname, conrelid::regclass, replace(pg_get_constraintdef(oid), ' NOT VALID', '')) as what,
    conrelid::int8 as table, 0 as column from pg_constraint
    where contype in ('p', 'u', 'f', 'x') and connamespace = 'public'::regnamespace and conparentid = 0
  union all select format('the trigger %s of %s', tgname, tgrelid::regclass), tgrelid::int8, 0 from pg_trigger where not tgisinternal and tgenabled in ('O', 'A')
  union all select format('the column %s of %s', attname, attrelid::regclass), attrelid::int8, attnum::int from pg_attribute join pg_class c on c.oid = attrelid
    where attnum > 0 and not attisdropped and c.relkind in ('r', 'v', 'p') and c.relnamespace = 'public'::regnamespace`;

/**
 * Returns the state that `neglects` compares. `names` are the tables and columns that the old build uses. `former` is an
 * earlier state: what was used then still is, because a table may have been renamed behind a view.
 */
export async function upkeepOf(url, names, former) {
  return withClient(url, async (client) => {
    const rows = async (sql) => (await client.query(sql)).rows;
    const sentences = async (sql) => (await rows(sql)).map(({ what }) => what);
    const used = usedNow(await rows(NUMBERS), names, former?.used);
    const isUsed = (table, column) => used.get(table)?.has(column) ?? false;
    return {
      used,
      settings: await sentences(SETTINGS),
      unattended: await sentences(UNATTENDED),
      invalid: await sentences(INVALID),
      queue: await sentences(QUEUE).catch(() => []), // the tables cannot be read, or there is no queue
      sequences: await sequencesOf(rows),
      indexes: (await rows(INDEXES)).map((index) => ({ ...index, isUsed: isUsed(index.table, index.lead) })),
      functions: await sentences(FUNCTIONS),
      guards: (await rows(GUARDS)).filter(({ table, column }) => isUsed(table, column)).map(({ what }) => what),
      columns: new Map((await rows(COLUMNS)).map(({ table, columns }) => [table, new Set(columns)])),
    };
  });
}

/**
 * Returns the tables and columns that the build uses, by number. 0 stands for the table itself. The build does not need
 * others: a former release may have left them behind. All tables of the job queue are used.
 */
function usedNow(numbers, names, former = new Map()) {
  const used = new Map([...former].map(([table, columns]) => [table, new Set(columns)]));
  const known = new Map(names.map(({ name, columns }) => [name, new Set(columns)]));
  for (const { table, name, schema, column, number } of numbers) {
    if (schema === 'public' && !known.has(name)) continue;
    if (!used.has(table)) used.set(table, new Set([0]));
    if (schema !== 'public' || known.get(name).has(column)) used.get(table).add(number);
  }
  return used;
}

/** Returns the sequences of columns, each with its last number and the highest one in the table. */
async function sequencesOf(rows) {
  const sequences = [];
  for (const sequence of await rows(SEQUENCES)) {
    const { oid, of, column } = sequence;
    // the rows are as old as the statement, so they cannot have numbers that it does not see
    const [numbers] = await rows(`select max(${column})::float8 as highest,
      coalesce(pg_sequence_last_value(${oid}), 0)::float8 as last from ${of}`);
    sequences.push({ ...sequence, ...numbers });
  }
  return sequences;
}

/** Returns sentences about what the old build relies on, and is not there now. */
export function gaps(before, now) {
  return [
    ...before.guards.filter((what) => !now.guards.includes(what)).map((what) => `the database lacks ${what}`),
    ...before.indexes.flatMap((was) => missingIndex(was, now)),
  ];
}

/** Returns sentences about changed settings and sequences, missing indexes and queues, and indexes that are not used. */
export function neglects(before, now) {
  const missing = (one, other, kinds) =>
    kinds.flatMap((kind) => one[kind].filter((what) => !other[kind].includes(what)));
  const added = missing(now, before, ['settings', 'unattended', 'invalid', 'functions']);
  const gone = missing(before, now, ['settings', 'queue']);
  return [
    ...added.map((what) => `the database now has ${what}`),
    ...gone.map((what) => `the database no longer has ${what}`),
    ...before.sequences.flatMap((was) => sequenceChanges(was, now)),
    ...before.indexes.flatMap((was) => missingIndex(was, now)),
  ];
}

function sequenceChanges(was, { sequences }) {
  const now = sequences.find(({ oid }) => oid === was.oid);
  if (now === undefined) return []; // the inserts show whether it is missed
  const changed = ['step', 'cache', 'cycle'].filter((name) => now[name] !== was[name]);
  if (now.max < was.max) changed.push('max');
  const jumped = now.last < was.last || now.last - was.last > MOST_NUMBERS;
  const isBehind = ({ highest, last, step }) => step > 0 && highest > last;
  const behind = `rows of ${now.of} have numbers up to ${now.highest}, but the sequence ${was.name} is at ${now.last}`;
  return [
    ...(isBehind(now) && !isBehind(was) ? [`${behind}: an insert will repeat one`] : []),
    ...changed.map((name) => `${name} of the sequence ${was.name} is ${now[name]}, before ${was[name]}`),
    ...(jumped ? [`the sequence ${was.name} is at ${now.last}, before at ${was.last}`] : []),
  ];
}

/** An index may go with its table or with one of its columns, and if another one serves the same statements. */
function missingIndex(was, { indexes, columns }) {
  const there = columns.get(was.table);
  if (!was.isUsed || there === undefined || was.columns.some((column) => column > 0 && !there.has(column))) return [];
  const isServed = indexes.some((index) => serves(index, was));
  return isServed
    ? []
    : [`the index ${was.name} (${was.keys.join(', ')}) is gone, and no other begins with its columns in its order`];
}

const serves = (index, was) =>
  index.table === was.table &&
  index.method === was.method &&
  was.keys.every((key, at) => plain(index.keys[at] ?? '') === plain(key)) &&
  ['classes', 'collations'].every((kind) => was[kind].every((one, at) => index[kind][at] === one)) &&
  [0, REVERSED].some((change) => was.options.every((one, at) => index.options[at] === (one ^ change))) &&
  (index.condition === '' || plain(index.condition) === plain(was.condition));

/** The bits of DESC and NULLS FIRST: an index can be read in both directions. */
const REVERSED = 3;

/** Leaves out casts, parentheses and spaces, which change with the type of a column. */
const plain = (expression) => expression.replaceAll(/::[a-z ]+(?:\(\d+\))?|[()\s]/g, '');
