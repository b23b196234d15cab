import pg from 'pg';

/** The password of all accounts in the data. */
export const PASSWORD = 'Password1';
const PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$zVcswGpY35vctGuW/9J3KA$CENJO43ZFVoIKXUWeenAFeH61TO2uvsDY8f+6bTw5v4';

export const SIZES = {
  medium: { users: 10_000, items: 1000, posts: 20_000, orders: 100_000 },
  large: { users: 100_000, items: 10_000, posts: 200_000, orders: 1_000_000 },
  huge: { users: 100_000, items: 10_000, posts: 200_000, orders: 5_000_000 },
};

/** Statements that fill the tables. Account 1 is the admin. Posts and orders are spread evenly over the accounts. */
const FILL = [
  ({ users }) => `insert into users (id, email, name, role, password_hash)
    select i, 'user' || i || '@bench.example', 'User ' || i, case i when 1 then 'admin' else 'user' end, '${PASSWORD_HASH}'
    from generate_series(1, ${users}) i`,
  ({ items }) => `insert into items (id, name, description, price_cents, stock)
    select i, 'Item ' || i, 'Described in a few words, number ' || i, 100 + i, 1000000 from generate_series(1, ${items}) i`,
  ({ posts, users }) => `insert into posts (id, user_id, title, body)
    select i, 1 + i % ${users}, 'Post ' || i, repeat('Words. ', 10) from generate_series(1, ${posts}) i`,
  ({ orders, users, items }) => `insert into orders (id, user_id, item_id, quantity, total_cents)
    select i, 1 + i % ${users}, 1 + i % ${items}, 1 + i % 3, (1 + i % 3) * (101 + i % ${items}) from generate_series(1, ${orders}) i`,
];

/**
 * Fills a database that has the schema and no rows, and sets the identity columns to continue after the rows. Does
 * nothing if there are accounts already.
 */
export async function fill(url, size) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('select 1 from users limit 1');
    if (rows.length > 0) return;
    for (const statement of FILL) await client.query(statement(size));
    for (const name of Object.keys(size)) {
      await client.query(`select setval(pg_get_serial_sequence($1, 'id'), $2)`, [name, size[name]]);
    }
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}
