import { createHash } from 'node:crypto';
import { query } from './database.js';

let count = 0;

/** Creates an item of the catalogue. */
export async function anItem(
  given: { name?: string; stock?: number; price_cents?: number } = {},
): Promise<{ id: number }> {
  const { name = `Item ${++count}`, stock = 10, price_cents = 250 } = given;
  const [item] = await query<{ id: number }>(
    'insert into items (name, stock, price_cents) values ($1, $2, $3) returning id',
    [name, stock, price_cents],
  );
  return item!;
}

export async function stockOf(item: { id: number }): Promise<number> {
  const [row] = await query<{ stock: number }>('select stock from items where id = $1', [item.id]);
  return row!.stock;
}

export type OrderState = 'new' | 'paid' | 'sent' | 'cancelled';

/** Inserts an order of one piece, without the effects of placing an order. */
export async function anOrder(given: {
  user_id: number;
  item_id?: number;
  status?: OrderState | undefined;
}): Promise<{ id: number; item_id: number }> {
  const item_id = given.item_id ?? (await anItem()).id;
  const [order] = await query<{ id: number; item_id: number }>(
    'insert into orders (user_id, item_id, quantity, total_cents, status) values ($1, $2, 1, 250, $3) returning id, item_id',
    [given.user_id, item_id, given.status ?? 'new'],
  );
  return order!;
}

export async function aPost(user_id: number): Promise<{ id: number }> {
  const [post] = await query<{ id: number }>(
    `insert into posts (user_id, title, body) values ($1, 'Hello', 'World') returning id`,
    [user_id],
  );
  return post!;
}

/** Creates a session whose tokens do not exist. */
export async function aSession(user_id: number): Promise<{ id: string }> {
  const [session] = await query<{ id: string }>(
    `insert into sessions (id, user_id, expires_at) values (gen_random_uuid(), $1, now() + interval '1 day') returning id`,
    [user_id],
  );
  return session!;
}

/** Creates a finished export whose file has these bytes, stored in chunks of 1 MiB. */
export async function anExport(
  user_id: number,
  bytes = Buffer.from('id\n1\n'),
  given: { format?: string; gzip?: boolean; all_orders?: boolean; status?: string } = {},
): Promise<{ id: number; sha256: string }> {
  const { format = 'csv', gzip = false, all_orders = false, status = 'ready' } = given;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const [made] = await query<{ id: number }>(
    `insert into exports (user_id, all_orders, format, gzip, status, rows_done, rows_total, size_bytes, sha256, expires_at)
     values ($1, $2, $3, $4, $5, 1, 1, $6, $7, now() + interval '7 days') returning id`,
    [user_id, all_orders, format, gzip, status, bytes.length, sha256],
  );
  for (let at = 0; at < bytes.length; at += MIB) {
    const chunk = [made!.id, at / MIB, bytes.subarray(at, at + MIB)];
    await query('insert into export_chunks (export_id, position, bytes) values ($1, $2, $3)', chunk);
  }
  return { id: made!.id, sha256 };
}

const MIB = 1024 * 1024;

/**
 * Creates a job of an account, by default a welcome mail, that is due tomorrow. In any state but `created` it was
 * started once.
 */
export async function aJob(
  given: { user_id?: number; state?: string | undefined; kind?: string } = {},
): Promise<{ id: string }> {
  const { user_id = null, state = 'created', kind = 'welcome-mail' } = given;
  const [job] = await query<{ id: string }>(
    `insert into pgboss.job (name, data, state, group_id, dead_letter, started_on, completed_on, start_after)
     values ($1, '{"email": "ann@example.com"}', $2::text::pgboss.job_state, $3, 'dead-letters',
       case when $2 <> 'created' then now() end, case when $2 in ('completed', 'cancelled', 'failed') then now() end,
       now() + interval '1 day') returning id`,
    [kind, state, user_id],
  );
  return job!;
}

/** Waits until `look` returns a value, for effects that follow a response. Throws after the deadline. */
export async function eventually<T>(look: () => Promise<T | undefined>, withinMs = 300_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('Timeout: the condition was not met');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Returns the audit events of a subject, oldest first. */
export function auditOf(
  subject: string,
): Promise<{ action: string; actor_id: number | null; request_id: string | null; details: object }[]> {
  return query('select action, actor_id, request_id, details from audit_events where subject = $1 order by id', [
    subject,
  ]);
}
