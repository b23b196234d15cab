import { setTimeout as sleep } from 'node:timers/promises';

const JOBS_WITHIN_MS = 120_000;
const UNFINISHED = `select count(*)::int as count from pgboss.job
  where name = 'order-confirmation' and state in ('created', 'retry', 'active')`;

/**
 * Compares the responses that clients got with the data of PostgreSQL, the API and the mail server. Returns the
 * problems by kind. Every list must be empty.
 */
export async function verdict(system, writers, { items, stock, admin }) {
  const ledger = writers.flatMap((writer) => writer.ledger.map((entry) => ({ ...entry, user_id: writer.client.id })));
  await jobsAreDone(system);
  const orders = await system.query('select id, user_id, item_id, quantity, status from orders order by id');
  const problems = {
    'acknowledged, but lost': [],
    'done twice': [],
    'refused, but done': [],
    'done without a request': [],
    'replayed with a different response': writers.flatMap(({ changedReplays }) => changedReplays),
    'shown differently by the API': await shownOtherwise(admin, orders),
    'stock and orders disagree': await stockProblems(system, orders, items, stock),
    ...(await jobProblems(system, orders)),
  };
  judgeOrders(ledger, orders, problems);
  judgeMoves(ledger, new Map(orders.map((order) => [order.id, order])), problems);
  await judgePosts(system, ledger, problems);
  return problems;
}

function judge({ outcome, ...entry }, count, problems) {
  if (count > 1) problems['done twice'].push(entry);
  if (outcome === 'acknowledged' && count === 0) problems['acknowledged, but lost'].push(entry);
  if (outcome === 'refused' && count > 0) problems['refused, but done'].push(entry);
}

const nameOf = ({ user_id, item_id, quantity }) => `${user_id} ${item_id} ${quantity}`;

function judgeOrders(ledger, orders, problems) {
  const counts = new Map();
  for (const order of orders) counts.set(nameOf(order), (counts.get(nameOf(order)) ?? 0) + 1);
  for (const entry of ledger.filter(({ kind }) => kind === 'order')) {
    judge(entry, counts.get(nameOf(entry)) ?? 0, problems);
    counts.delete(nameOf(entry));
  }
  problems['done without a request'].push(...counts);
}

function judgeMoves(ledger, orders, problems) {
  const status = { cancellation: 'cancelled', payment: 'paid' };
  for (const entry of ledger.filter(({ kind }) => kind in status)) {
    const order = orders.get(entry.order.answer.json.id);
    judge(entry, order?.status === status[entry.kind] ? 1 : 0, problems);
  }
}

async function judgePosts(system, ledger, problems) {
  const rows = new Map(
    (await system.query('select title, count(*)::int from posts group by title')).map(({ title, count }) => [
      title,
      count,
    ]),
  );
  for (const entry of ledger.filter(({ kind }) => kind === 'post')) {
    judge(entry, rows.get(entry.title) ?? 0, problems);
    rows.delete(entry.title);
  }
  problems['done without a request'].push(...rows);
}

const line = ({ id, user_id, item_id, quantity, status }) => [id, user_id, item_id, quantity, status].join(' ');

/** Reads the whole list of the API over its links. Returns the orders that differ from the rows. */
async function shownOtherwise(admin, orders) {
  const shown = [];
  let path = '/orders?limit=100';
  while (path) {
    const answer = await fetch(admin.url + path, { headers: { authorization: `Bearer ${admin.token}` } });
    shown.push(...(await answer.json()));
    path = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  const rows = new Set(orders.map(line));
  const strange = shown.filter((order) => !rows.delete(line(order)));
  return [...strange, ...rows];
}

async function stockProblems(system, orders, items, stock) {
  const rows = await system.query('select id, stock from items where id = any($1)', [items]);
  return rows.filter(({ id, stock: left }) => {
    const taken = orders.filter(({ item_id, status }) => item_id === id && status !== 'cancelled');
    return left !== stock - taken.reduce((sum, { quantity }) => sum + quantity, 0);
  });
}

async function jobProblems(system, orders) {
  const jobs = await system.query(
    `select id, state, (data->>'order_id')::int as order_id from pgboss.job where name = 'order-confirmation'`,
  );
  const done = new Set(jobs.filter(({ state }) => state === 'completed').map(({ order_id }) => order_id));
  const known = new Set(orders.map(({ id }) => id));
  const mailed = new Set(system.mails);
  return {
    'order committed, but its job not done': orders.filter(({ id }) => !done.has(id)),
    'order rolled back, but its job done': jobs.filter(({ order_id }) => !known.has(order_id)),
    'job done, but its mail not sent': jobs.filter(({ id, state }) => state === 'completed' && !mailed.has(id)),
  };
}

/** Returns the number of mails that the server got more than once. */
export function mailedTwice({ mails }) {
  return mails.length - new Set(mails).size;
}

async function jobsAreDone(system) {
  const deadline = performance.now() + JOBS_WITHIN_MS;
  for (;;) {
    const [{ count }] = await system.query(UNFINISHED);
    if (count === 0) return;
    if (performance.now() > deadline) return; // the verdict names them
    await sleep(200);
  }
}
