// The sizes of tables: how large the rehearsal fills them, and from which number of rows on work takes long.

/** The most rows that a statement may work on while it blocks others. A large table has more, a batch has fewer. */
export const MANY = 10_000;

/** The rows of a table for each order. Tables that are not listed have the least number of rows. */
export const SHARE = { orders: 1, posts: 0.2, users: 0.1, sessions: 0.1, items: 0.01 };

/** Tables that have many times more rows with the default number of orders than with the least. */
export const GROWING = new Set(Object.keys(SHARE).filter((table) => SHARE[table] >= 0.1));
