// Finds indexes whose function has another result than when the index was built: searches then miss rows. The requests
// of the rehearsal may not search for one of them.
import { withClient } from './client.mjs';
import { escaped, quoted } from './sql.mjs';

/** After this time, the comparison ends without a result. */
const MOST_MS = 60_000;
const IS_SLOW = '57014';

const FUNCTIONS = `
  select distinct p.oid::int8 as oid, p.oid::regprocedure::text as name, p.proname as short, pg_get_functiondef(p.oid) as definition,
    i.indexrelid::regclass::text as index, c.relname as table, e.expression
  from pg_index i join pg_class c on c.oid = i.indrelid
    join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refclassid = 'pg_proc'::regclass
    join pg_proc p on p.oid = d.refobjid
    cross join lateral (select pg_get_indexdef(i.indexrelid, k, false) as expression, i.indkey[k - 1] as key
      from generate_series(1, i.indnkeyatts) k) e
  where i.indisvalid and e.key = 0 and p.prokind = 'f' and c.relnamespace = 'public'::regnamespace and position(p.proname || '(' in e.expression) > 0`;

/** Returns the functions of indexes: `{ oid, name, short, definition, index, table, expression }`. */
export const indexFunctions = (url) => withClient(url, async (client) => (await client.query(FUNCTIONS)).rows);

/**
 * Returns the indexes whose function has changed and has other results for existing rows: `{ table, name, why }`. One that
 * could not be compared `isUnchecked`. A function that was replaced by an equal one is none of them.
 */
export async function changedResults(url, before, mostMs = MOST_MS) {
  return withClient(url, async (client) => {
    const now = (await client.query(FUNCTIONS)).rows;
    const isSame = (one, was) => ['oid', 'index', 'expression'].every((key) => one[key] === was[key]);
    const found = [];
    for (const was of before) {
      const one = now.find((other) => isSame(other, was));
      if (one === undefined || one.definition === was.definition) continue;
      const result = await difference(client, was, mostMs);
      if (result !== undefined) found.push({ table: was.table, name: was.name, ...result });
    }
    return found;
  });
}

/** Evaluates the expression of the index with the former function as well. Rolls back. */
async function difference(client, { table, name, short, index, expression, definition }, mostMs) {
  const former = definition.replace(/^(create or replace function) [^(]+/i, `$1 pg_temp."${short}"`);
  const calls = new RegExp(`(?<![\\w."])"?${escaped(short)}"?\\(`, 'g');
  const again = expression.replaceAll(calls, `pg_temp."${short}"(`);
  const text = `select count(*)::int as count from ${quoted(table)} where (${expression}) is distinct from (${again})`;
  const subject = `the function ${name} of the index ${index}`;
  try {
    await client.query(`begin; set local statement_timeout = ${mostMs}`);
    await client.query(former);
    const [{ count }] = (await client.query(text)).rows;
    return count > 0 ? { why: `${subject} has another result for ${count} existing rows` } : undefined;
  } catch ({ code, message }) {
    if (code === IS_SLOW) return { isUnchecked: true, why: 'trying it took too long' };
    return { why: `${subject} fails for existing rows: ${message}` };
  } finally {
    await client.query('rollback');
  }
}
