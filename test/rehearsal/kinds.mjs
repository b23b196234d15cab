// Labelled migrations of further kinds: what a session keeps besides its settings and locks.

export const BAD_KINDS = {
  TemporaryTableLeftBehind: {
    up: ['create temp table orders as select * from public.orders where id <= 10'],
    down: ['drop table if exists pg_temp.orders'],
  },
};
