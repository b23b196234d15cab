import { query } from './database.js';
import { eventually } from './factories.js';
import { aUser, type Actor } from './world.js';

/**
 * Inserts 200 × `$2` orders of the account `$1`. The item names have 2400 characters: longer ones do not fit an index.
 */
export const MANY_ORDERS = `
  with texts as (
    select (select string_agg(md5(random()::text || i || j), '') from generate_series(1, 75) j) as name
    from generate_series(1, 200) i
  ), made as (insert into items (name, stock, price_cents) select name, 1, 1 from texts returning id)
  insert into orders (user_id, item_id, quantity, total_cents) select $1, id, 1, 1 from generate_series(1, $2), made`;

/** Creates an account whose export has about 100 MB, half of that with gzip: more than connections buffer. */
export async function aBigCustomer(orders = 40_000): Promise<Actor> {
  const customer = await aUser();
  await query(MANY_ORDERS, [customer.id, orders / 200]);
  return customer;
}

/** Returns the connections that run an export now. */
export const exporting = () =>
  query<{ pid: number }>(
    `select pid from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and query like 'copy (%' and state = 'active'`,
  );

export const nobodyExports = (withinMs: number) =>
  eventually(async () => ((await exporting()).length === 0 ? true : undefined), withinMs);
