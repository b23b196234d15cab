// Labelled migrations that a team writes in a year: a table of statuses, a renamed table, a fill of some rows, and
// triggers with an effect on few rows.
import { noTrigger, trigger } from './statements.mjs';

export const GOOD_YEAR = {
  StatusesInTable: {
    alone: true,
    up: [
      'create table order_statuses (name text primary key)',
      `insert into order_statuses values ('new'), ('paid'), ('sent'), ('cancelled')`,
      'alter table orders add constraint orders_status_fkey foreign key (status) references order_statuses not valid',
      'alter table orders validate constraint orders_status_fkey',
    ],
    down: ['alter table orders drop constraint orders_status_fkey', 'drop table order_statuses'],
  },
  PostsBehindView: {
    up: ['alter table posts rename to articles', 'create view posts as select * from articles'],
    down: ['drop view posts', 'alter table articles rename to posts'],
  },
};

export const BAD_YEAR = {
  BackfillOfSome: {
    up: [
      'alter table orders add column sent_at timestamp(3) with time zone',
      `update orders set sent_at = created_at where status = 'sent'`,
    ],
    down: ['alter table orders drop column sent_at'],
  },
  CheckThatRaises: {
    up: [`alter table users add constraint users_zip_check check ((name || '')::integer > 0) not valid`],
    down: ['alter table users drop constraint users_zip_check'],
  },
  TriggerThatIgnoresFew: {
    up: trigger('orders_kept', 'orders', 'update', 'if old.quantity = 777 then return null; end if; return new;'),
    down: noTrigger('orders_kept', 'orders'),
  },
  TriggerThatChangesFew: {
    up: trigger(
      'orders_capped',
      'orders',
      'update',
      'if new.quantity > 998 then new.quantity := 998; end if; return new;',
    ),
    down: noTrigger('orders_capped', 'orders'),
  },
  TriggerThatCounts: {
    up: [
      'alter table posts add column place integer',
      ...trigger('posts_placed', 'posts', 'insert', 'new.place := (select count(*) from posts); return new;'),
    ],
    down: [...noTrigger('posts_placed', 'posts'), 'alter table posts drop column place'],
  },
  UnenforcedForeignKey: {
    up: ['alter table posts alter constraint posts_user_id_fkey not enforced'],
    down: ['alter table posts alter constraint posts_user_id_fkey enforced'],
  },
};
