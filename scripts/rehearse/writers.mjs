// Finds writers that wait for each other: of two transactions that write different rows at the same time, the second must
// not wait until the first has ended. A trigger that counts all rows of a table in one row makes them wait.
import { withClient } from './client.mjs';
import { ofRow, tableOf } from './statements.mjs';

/** A statement waits if it gets no lock within these times, first once, then once again. */
const WAITS_MS = [200, 1000];
/** A function may disable the lock timeout. */
const MOST_MS = 10_000;

const REFERS = `select a.attname as column from pg_constraint f join pg_attribute a on a.attrelid = f.conrelid and a.attnum = any (f.conkey)
  where f.contype = 'f' and f.conrelid = $1::regclass`;
const ACTIONS = ['inserts', 'changes', 'deletes'];
const WAITED = new Set(['55P03', '57014']);

/** Returns pairs of statements on the same table that do not wait for each other: `{ table, action, first, second }`. */
export async function pairsOf(url, tables) {
  const pairs = await withClients(url, async (client) => {
    const all = [];
    for (const described of tables) all.push(...(await pairsOfTable(client, described)));
    return all;
  });
  const waiting = new Set(await waitingPairs(url, pairs));
  return pairs.filter((pair) => !waiting.has(pair));
}

/**
 * The rows of a pair refer to different rows, because writers that refer to the same row may wait for it. An inserted
 * row is otherwise the same as the other one: both count for the same status or day.
 */
async function pairsOfTable(client, described) {
  const table = await tableOf(client, described);
  const columns = (await client.query(REFERS, [described.name])).rows.map(({ column }) => column);
  const refers = [...new Set([...columns, ...table.others.filter((column) => column.endsWith('_id'))])];
  const areApart = (one, two) =>
    one !== two && refers.every((column) => one[column] === null || one[column] !== two[column]);
  const one = table.settled.find((row) => table.settled.some((other) => areApart(row, other)));
  if (one === undefined) return [];
  const two = table.settled.find((other) => areApart(one, other));
  const mixed = { ...one, ...Object.fromEntries(refers.map((column) => [column, two[column]])) };
  return ACTIONS.map((action) => {
    const of = (row) => ofRow(table, row).find((statement) => statement.action === action);
    return { table: described.name, action, first: of(one), second: of(action === 'inserts' ? mixed : two) };
  }).filter(({ first, second }) => first !== undefined && second !== undefined);
}

/** Returns the pairs whose second statement waits for the transaction of the first one. */
export function waitingPairs(url, pairs) {
  return withClients(url, async (one, two) => {
    const waiting = [];
    for (const pair of pairs) if (await isWaiting(one, two, pair)) waiting.push(pair);
    return waiting;
  });
}

async function isWaiting(one, two, pair) {
  for (const ms of WAITS_MS) if (!(await waits(one, two, pair, ms))) return false;
  return true;
}

async function waits(one, two, { first, second }, ms) {
  const run = async (client, { text, values }) => {
    await client.query(text, values);
    await client.query('set constraints all immediate');
  };
  try {
    await Promise.all([one.query('begin'), two.query('begin')]);
    await run(one, first);
    await two.query(`set local lock_timeout = ${ms}; set local statement_timeout = ${MOST_MS}`);
    return await run(two, second).then(
      () => false,
      ({ code }) => WAITED.has(code),
    );
  } catch {
    return false; // compare() in tables.mjs reports statements that fail
  } finally {
    await Promise.all([one.query('rollback'), two.query('rollback')]);
  }
}

const withClients = (url, work) => withClient(url, (one) => withClient(url, (two) => work(one, two)));
