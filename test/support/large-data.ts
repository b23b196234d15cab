import { query } from './database.js';
import { insertion, ROWS } from './resources.js';

const EACH = 20_000;

/** Rows of each full table. The tables of resources have one row per account. */
export const FULL = {
  ...Object.fromEntries(ROWS.map(({ table }) => [table, EACH])),
  users: 20_000,
  items: 20_000,
  orders: 200_000,
  sessions: 20_000,
  audit_events: 20_000,
  job: 20_000,
} as const;

const madeAt = (apart: string) => `timestamptz '2026-01-01Z' + i * interval '${apart}'`;

const sizeOf = (table: string): number => FULL[table as keyof typeof FULL];

/** The first id of the filled rows, above all ids that tests create. */
export const FIRST_ID = 1_000_001;

/**
 * Fills the tables from one fraction of their full size to another. At any size, each account has ten orders, a session
 * and one row of each resource. One account in fifty is disabled, and one in a hundred is an admin. The last orders
 * have the status `new`.
 */
export async function fill(from: number, to: number): Promise<void> {
  const added = (table: string) => `generate_series(${sizeOf(table) * from}, ${sizeOf(table) * to - 1}) i`;
  const first = FIRST_ID;
  await query(`
    begin;
    set local session_replication_role = replica; -- foreign keys need not be checked
    insert into users (id, email, name, password_hash, is_active, role, created_at)
      select ${first} + i, 'person' || i || '@example.com', 'Person ' || left(md5(i::text), 6), '', i % 50 <> 49,
        case when i % 100 = 7 then 'admin' else 'user' end, ${madeAt('1 minute')} from ${added('users')};
    insert into items (id, name, price_cents, stock, created_at)
      select ${first} + i, 'Thing ' || left(md5(i::text), 6), i % 1000, case when i % 5000 = 0 then 1000 else 1 + abs(hashint4(i)) % 100 end, ${madeAt('1 minute')} from ${added('items')};
    ${ROWS.map((rows) => `${insertion(rows, `select i, ${first} + i as owner from ${added(rows.table)}`, first)};`).join('\n')}
    insert into orders (id, user_id, item_id, quantity, total_cents, status, created_at)
      select ${first} + i, ${first} + i / 10, ${first} + i / 10, 1, case when i % 20000 = 0 then 5000 else 1 + i % 999 end,
        case when i >= ${FULL.orders * 0.99} then 'new' when i % 50 = 0 then 'cancelled' else 'paid' end, ${madeAt('10 seconds')}
      from ${added('orders')};
    insert into sessions (id, user_id, expires_at)
      select gen_random_uuid(), ${first} + i, now() + interval '1 day' from ${added('sessions')};
    insert into audit_events (at, actor_id, action, subject, request_id)
      select ${madeAt('1 minute')}, ${first} + i % 100, 'filled', 'users/' || ${first} + i, 'request-' || i
      from ${added('audit_events')};
    insert into pgboss.job (id, name, state, group_id, created_on)
      select (lpad(to_hex(${first} + i), 8, '0') || '-0000-7000-8000-000000000000')::uuid,
        case when i % 2 = 0 then 'welcome-mail' else 'order-confirmation' end,
        (case when i % 500 = 1 then 'failed' else 'completed' end)::pgboss.job_state, ${first} + i, now() from ${added('job')};
    commit`);
  await query(`vacuum analyze ${Object.keys(FULL).join().replace('job', 'pgboss.job_common')}`);
}
