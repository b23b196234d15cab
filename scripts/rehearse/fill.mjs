// Fills every table of a schema with varied rows: nulls, repeated texts, each value that a check allows. The columns
// are read from the catalog, so a new table or column needs no change here.
import pg from 'pg';
import { MANY, SHARE } from './sizes.mjs';

/** The load may order and change the items with ids up to this one. */
export const HOT = 50;
export const ADMIN = { email: 'user1@rehearsal.example', id: 1 };
export const USER = { email: 'user2@rehearsal.example', id: 2 };
/** The last id that requests may change, by table. All other rows must stay the same. */
export const CHANGED = { items: HOT, users: USER.id };
export const PASSWORD = 'Password1';
const PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$zVcswGpY35vctGuW/9J3KA$CENJO43ZFVoIKXUWeenAFeH61TO2uvsDY8f+6bTw5v4';

/** Each table has at least the rows with the numbers up to this one. */
export const LEAST = MANY + 2000;
/** The audit trail, and the table that triggers fill with the chain of its hashes. */
const TRAIL = 'audit_events';
const LINKS = 'audit_chain';

/** Values that the requests depend on. `i` is the number of the row in its table, from 1. */
const VALUES = {
  'users.email': `'user' || i || '@rehearsal.example'`,
  'users.password_hash': `'${PASSWORD_HASH}'`,
  'users.role': `case when i = 1 or i % 1000 = 7 then 'admin' else 'user' end`,
  'users.is_active': 'i % 50 <> 49',
  'users.address': `case when i % 5 = 0 then '{"street":"Long Lane 1","city":"Lyon","country":"FR","zip":"69001"}'::json end`,
  'users.tags': `case when i % 4 = 0 then array['one', 'two  words'] else '{}' end`,
  'items.stock': '1000000',
  'items.price_cents': 'i % 1000',
  'exports.status': `'failed'`,
  // too recent for the hourly clean-ups
  'attempts.since': `now() + interval '1 hour'`,
  'caller_writes.written_at': `now() + interval '1 day'`,
  'totps.user_id': 'i + 100', // the accounts before these sign in without a code
  'sessions.revoked_at': 'null',
};

/** With a number, none is longer than the shortest text that the API limits (100). */
const TEXTS = `(array['Ann  van der Berg ', 'Žofia Müßig', 'x', 'Two words', 'O''Brien & sons, 100 %', repeat('long text ', 9)])`;

const COLUMNS = `
  select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type, a.attnotnull as required, a.attidentity as identity,
    a.atthasdef as has_default, a.attgenerated <> '' as is_generated,
    (select json_build_object('table', f.confrelid::regclass::text) from pg_constraint f
      where f.contype = 'f' and f.conrelid = c.oid and f.conkey = array[a.attnum] limit 1) as refers,
    exists (select from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any (i.indkey)) as is_unique,
    (select string_agg(pg_get_constraintdef(k.oid), ' ') from pg_constraint k
      where k.contype = 'c' and k.conrelid = c.oid and k.conkey = array[a.attnum]) as checks
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'migrations'
  order by c.relname, a.attnum`;

/** Fills the tables of a database that has the schema of a build, and no rows. */
export async function fill(url, orders) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tables = Map.groupBy((await client.query(COLUMNS)).rows, ({ table }) => table);
    const rowsOf = (table) => Math.max(LEAST + (table === 'users' ? 200 : 0), Math.round(orders * (SHARE[table] ?? 0)));
    // no triggers and no foreign keys, so tables can be filled in any order
    await client.query('set session_replication_role = replica');
    const [links, trail] = [tables.get(LINKS), tables.get(TRAIL)];
    if (links !== undefined) for (const table of [LINKS, TRAIL]) tables.delete(table);
    for (const [table, columns] of tables) await fillTable(client, table, columns, rowsOf);
    await client.query('reset session_replication_role');
    if (links !== undefined) await fillTable(client, TRAIL, trail, rowsOf);
    await client.query('vacuum (analyze)');
  } finally {
    await client.end();
  }
}

async function fillTable(client, table, columns, rowsOf) {
  const filled = columns
    .filter((column) => !column.is_generated && column.identity !== 'a')
    .map((column) => [column, VALUES[`${table}.${column.column}`] ?? valueOf(column, rowsOf)])
    .filter(([, value]) => value !== undefined);
  const names = filled.map(([{ column }]) => `"${column}"`).join(', ');
  const values = filled.map(([, value]) => value).join(', ');
  await client.query(`insert into "${table}" (${names}) select ${values} from generate_series(1, ${rowsOf(table)}) i`);
  for (const { column } of columns.filter((one) => one.identity === 'd')) {
    const sequence = `pg_get_serial_sequence('"${table}"', '${column}')`;
    await client.query(`select setval(${sequence}, (select max("${column}") from "${table}"))`);
  }
}

/** Returns an SQL expression, or undefined to use the column's default. */
function valueOf(column, rowsOf) {
  const { refers, is_unique, has_default, checks, type, required } = column;
  if (refers) return is_unique ? 'i' : `1 + (i * 7919::bigint) % ${rowsOf(refers.table)}`;
  const listed = [...(checks ?? '').matchAll(/'([^']*)'::/g)].map(([, value]) => `'${value}'`);
  if (listed.length > 1) return `(array[${[...new Set(listed)].join(', ')}])[1 + i % ${new Set(listed).size}]`;
  if (column.column.endsWith('created_at')) return `now() - i * interval '10 seconds'`;
  if (has_default && !/^(?:text|character varying)$/.test(type)) return undefined;
  const value = ofType(type, column, is_unique);
  return required || is_unique || value === undefined ? value : `case when i % 3 = 0 then null else ${value} end`;
}

function ofType(type, { column }, isUnique) {
  if (/^(?:smallint|integer|bigint|numeric)$/.test(type))
    return isUnique ? (type === 'smallint' ? '1' : 'i') : '1 + i % 1000';
  if (/^(?:text|character varying)$/.test(type)) return isUnique ? `'text  ' || i` : `${TEXTS}[1 + i % 6] || i % 500`;
  if (type === 'boolean') return 'i % 2 = 0';
  if (type === 'uuid') return 'gen_random_uuid()';
  if (type === 'bytea') return `decode(md5(i::text), 'hex')`;
  if (type === 'pg_lsn') return `'0/1'::pg_lsn`;
  if (/^jsonb?$/.test(type)) return `'{}'::${type}`;
  if (/^timestamp|^date/.test(type))
    return /expires|until/.test(column) ? `now() + interval '30 days'` : `now() - i * interval '1 millisecond'`;
  return undefined;
}
