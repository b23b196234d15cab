// Rows that migrations delete on purpose: `readonly deletes = { account_tokens: 'used_at is not null' }`. They are
// neither missed nor used in statements.
import { recordStatements } from './baseline.mjs';
import { withClient } from './client.mjs';
import { snapshot } from './snapshots.mjs';
import { quoted } from './sql.mjs';

/** Returns the baseline without the declared rows: `declared` has `{ migration, table, condition }`. */
export async function withoutDeclared(url, baseline, declared) {
  const known = declared.filter(({ table }) => baseline.frozen.some(({ name }) => name === table));
  if (known.length === 0) return baseline;
  for (const one of known) await release(url, baseline.frozen, one);
  const conditions = Map.groupBy(known, ({ table }) => table);
  const watched = baseline.watched.map((table) => {
    const all = conditions.get(table.name)?.map(({ condition }) => `(${condition})`);
    return all === undefined ? table : { ...table, deleted: all.join(' or ') };
  });
  const recorded = await recordStatements(url, watched);
  recorded.sqlBefore.fewer = new Set(conditions.keys());
  return { ...baseline, ...recorded, watched, snapshot: await snapshot(url, baseline.frozen) };
}

/** Allows that the declared rows change. Throws if the condition is wrong. */
async function release(url, frozen, { migration, table, condition }) {
  const joined = frozen
    .find(({ name }) => name === table)
    .key.map((column) => `f."${column}" = t."${column}"`)
    .join(' and ');
  const text = `delete from rehearsal."${table}" f
    using (select * from ${quoted(table)} where (${condition})) t where ${joined}`;
  await withClient(url, async (client) => {
    await client.query(text).catch(({ message }) => {
      throw new Error(`The rows of ${table} that ${migration} declares to delete cannot be selected: ${message}`);
    });
  });
}
