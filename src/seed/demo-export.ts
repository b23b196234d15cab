import type { EntityManager } from 'typeorm';

const FILE = `
  select convert_to('id,user_id,item_id,item,quantity,total_cents,status,created_at' || E'\\n' || string_agg(concat_ws(',',
    o.id, o.user_id, o.item_id, '"' || replace(i.name, '"', '""') || '"', o.quantity, o.total_cents, o.status,
    to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) || E'\\n', '' order by o.id), 'UTF8') as bytes,
    count(*) as total
  from orders o join items i on i.id = o.item_id`;

/** Adds an export of all orders that the admin can download, as an example. */
export async function addDemoExport(db: EntityManager, user_id: number): Promise<void> {
  await db.query(
    `with file as (${FILE}), made as (
       insert into exports
         (user_id, all_orders, format, gzip, status, rows_done, rows_total, size_bytes, sha256, finished_at, expires_at)
       select $1, true, 'csv', false, 'ready', total, total, length(bytes), encode(sha256(bytes), 'hex'), now(),
         now() + interval '7 days' from file returning id
     )
     insert into export_chunks (export_id, position, bytes) select id, 0, bytes from file, made`,
    [user_id],
  );
}
