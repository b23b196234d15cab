// The statements of the floor. They read and write the same as Aerie, without columns that the response does not need.
// The version becomes the ETag.
import { PgBoss } from 'pg-boss';

const ITEM = 'id, name, description, price_cents, stock, created_at';
const USER = 'email, name, role, id, created_at';
const ORDER = 'id, user_id, item_id, quantity, total_cents, status, created_at';

const TEXTS = {
  caller: `select u.id, u.role, u.email from sessions s join users u on u.id = s.user_id
    where s.id = $1 and u.id = $2 and u.is_active and s.revoked_at is null and s.expires_at > $3`,
  item: `select ${ITEM}, version from items where id = $1`,
  user: `select ${USER}, version from users where id = $1`,
  users: `select ${USER} from users where is_active = $1 order by id limit $2 offset $3`,
  usersAfter: `select ${USER} from users where is_active = $1 and id > $2 order by id limit $3`,
  ordersAfter: `select ${ORDER} from orders where id > $1 order by id limit $2`,
  profile: `select ${USER}, bio, address, tags, metadata, email_verified_at, version from users where id = $1`,
  takeStock: 'update items set stock = stock - $2 where id = $1 and stock >= $2 returning price_cents',
  order: `insert into orders (user_id, item_id, quantity, total_cents, status)
    values ($1, $2, $3, $4, $5) returning ${ORDER}, version`,
};

export const STATEMENTS = Object.fromEntries(Object.entries(TEXTS).map(([name, text]) => [name, { name, text }]));

export const EXPORT = `copy (
  select o.id, o.user_id, o.item_id, i.name as item, o.quantity, o.total_cents, o.status,
    to_char(o.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at
  from orders o join items i on i.id = o.item_id order by o.id
) to stdout (format csv, header)`;

/**
 * The response of Aerie to the refused order, byte for byte. The floor does not compute what is wrong, so it is cheaper
 * here.
 */
export const REFUSAL =
  '{"detail":[{"type":"int_type","loc":["body","item_id"],"msg":"Input should be a valid integer","input":"x"},' +
  '{"type":"greater_than_equal","loc":["body","quantity"],"msg":"Input should be greater than or equal to 1","input":0,"ctx":{"ge":1}}]}';

/**
 * Returns the statement with which the queue adds a job, as the queue itself sends it. `values` makes its parameters
 * for an order.
 */
export async function jobStatement(connectionString) {
  const boss = new PgBoss({ connectionString, migrate: false, createSchema: false, schedule: false, supervise: false });
  await boss.start();
  let taken;
  const executeSql = async (text, values) => {
    taken = { text, parameter: values[0] };
    return { rows: [{ id: 'taken down, not sent' }] };
  };
  await boss.send('order-confirmation', { order_id: 0 }, { db: { executeSql } });
  await boss.stop({ graceful: false });
  const [before, after] = taken.parameter.split('"order_id":0');
  return {
    statement: { name: 'enqueue', text: taken.text },
    values: (id) => [`${before}"order_id":${id}${after}`],
  };
}
