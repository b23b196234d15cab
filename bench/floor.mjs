// The floor: what these routes cost in code written by hand. It uses node:http, pg and named prepared statements, with
// the same SQL and the same bodies. It has no framework, no log, no security headers, and only the validation that the
// routes need.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { EXPORT, STATEMENTS, jobStatement, REFUSAL } from './floor.sql.mjs';

const { DATABASE_URL, JWT_SECRET, PORT, FLOOR_BELIEVES } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, min: 10, max: 30 });
const ENQUEUE = await jobStatement(DATABASE_URL);

const query = (statement, values, client = pool) => client.query({ ...statement, values }).then(({ rows }) => rows);

function send(response, status, body, headers = {}) {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

const json = (response, status, value) => send(response, status, JSON.stringify(value));
const tagged = (response, status, { version, ...value }) =>
  send(response, status, JSON.stringify(value), { ETag: `"${version}"` });

/**
 * Returns the caller of a valid token, read from the database. With FLOOR_BELIEVES it returns an admin without checking
 * the token.
 */
async function callerOf({ headers: { authorization = '' } }) {
  if (FLOOR_BELIEVES) return { id: 1, role: 'admin' };
  const token = authorization.slice('Bearer '.length);
  const [head, claims, seal] = token.split('.');
  const expected = createHmac('sha256', JWT_SECRET).update(`${head}.${claims}`).digest();
  if (!timingSafeEqual(expected, Buffer.from(seal, 'base64url'))) return undefined;
  const { sub, sid, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  if (exp <= Date.now() / 1000) return undefined;
  const [caller] = await query(STATEMENTS.caller, [sid, Number(sub), new Date()]);
  return caller;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

const itemView = ({ created_at, ...item }) => ({ ...item, in_stock: item.stock > 0, created_at });
const orderView = (order) => ({ ...order, total_cents: Number(order.total_cents) });

async function item(response, id) {
  const [row] = await query(STATEMENTS.item, [id]);
  if (row) tagged(response, 200, itemView(row));
  else json(response, 404, { detail: `Item ${id} not found` });
}

async function user(request, response, id) {
  const caller = await callerOf(request);
  if (caller.role !== 'admin' && caller.id !== id) return json(response, 404, { detail: 'User not found' });
  const [row] = await query(STATEMENTS.user, [id]);
  tagged(response, 200, row);
}

async function users(request, response, search) {
  await callerOf(request);
  const limit = Number(search.get('limit') ?? 10);
  const after = search.get('after');
  const rows = after
    ? await query(STATEMENTS.usersAfter, [true, Number(after.split('.')[0]), limit + 1])
    : await query(STATEMENTS.users, [true, limit + 1, (Number(search.get('page') ?? 1) - 1) * limit]);
  json(response, 200, rows.slice(0, limit));
}

async function orders(request, response, search) {
  await callerOf(request);
  const limit = Number(search.get('limit') ?? 10);
  const after = Number((search.get('after') ?? '0').split('.')[0]);
  const rows = await query(STATEMENTS.ordersAfter, [after, limit + 1]);
  json(response, 200, rows.slice(0, limit).map(orderView));
}

async function profile(request, response) {
  const caller = await callerOf(request);
  const [row] = await query(STATEMENTS.profile, [caller.id]);
  tagged(response, 200, row);
}

async function place(request, response) {
  const { item_id, quantity } = await bodyOf(request);
  const caller = await callerOf(request);
  if (!Number.isInteger(item_id) || !(quantity >= 1)) return send(response, 422, REFUSAL);
  const client = await pool.connect();
  try {
    await client.query('START TRANSACTION');
    const [{ price_cents }] = await query(STATEMENTS.takeStock, [item_id, quantity], client);
    const values = [caller.id, item_id, quantity, quantity * price_cents, 'new'];
    const [row] = await query(STATEMENTS.order, values, client);
    await query(ENQUEUE.statement, ENQUEUE.values(row.id), client);
    await client.query('COMMIT');
    tagged(response, 201, orderView(row));
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function exportAll(request, response) {
  await callerOf(request);
  const client = await pool.connect();
  response.writeHead(200, { 'Content-Type': 'text/csv; charset=utf-8' });
  client
    .query(copyTo(EXPORT))
    .on('end', () => client.release())
    .pipe(response);
}

function route(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://floor');
  const [, first, second] = pathname.split('/');
  if (pathname === '/') return send(response, 200, '{"message":"Hello World"}');
  if (first === 'items' && second) return item(response, Number(second));
  if (first === 'users' && second) return user(request, response, Number(second));
  if (first === 'users') return users(request, response, searchParams);
  if (first === 'profile') return profile(request, response);
  if (first === 'orders' && request.method === 'POST') return place(request, response);
  if (first === 'orders') return orders(request, response, searchParams);
  if (first === 'export') return exportAll(request, response);
  return send(response, 404, '{"detail":"Not Found"}');
}

createServer((request, response) => {
  Promise.resolve(route(request, response)).catch((error) => {
    console.error(error);
    response.destroy();
  });
}).listen(Number(PORT), '127.0.0.1');
process.on('SIGINT', () => process.exit(0));
