// Bad migrations that a few requests do not show: statements within one text, single rows, and what only production
// needs.
import { noTrigger, trigger } from './statements.mjs';

const ofDatabase = (change) => `do $$ begin execute format('alter database %I ${change}', current_database()); end $$`;

export const BAD_HIDDEN = {
  WithoutTimeout: {
    up: ['set local lock_timeout = 0', 'alter table orders add column note text'],
    down: ['alter table orders drop column note'],
  },
  BrokenTrail: {
    up: ['alter table audit_events disable trigger audit_events_linked'],
    down: ['alter table audit_events enable trigger audit_events_linked'],
  },
  DeletedRows: { up: ['delete from access_tokens where id % 7 = 0'], down: [] },
  IndexAfterTimeout: {
    up: [`set local lock_timeout = '1s'; create index posts_version_idx on posts (version)`],
    down: ['drop index posts_version_idx'],
  },
  TypeChangeAfterTimeout: {
    up: [`set local lock_timeout = '1s'; alter table orders alter column quantity type bigint`],
    down: ['alter table orders alter column quantity type integer'],
  },
  TransactionInText: {
    alone: true,
    up: ['begin; lock table orders; update orders set quantity = quantity; commit'],
    down: [],
  },
  WithoutTimeoutInText: {
    up: ['set local lock_timeout = 0; alter table orders add column note text'],
    down: ['alter table orders drop column note'],
  },
  DeletedFirstRows: { up: ['delete from orders where id in (1, 2, 3)'], down: [] },
  RoleOfOneUser: { up: [`update users set role = 'admin' where id = 3`], down: [] },
  WithoutSync: {
    up: [ofDatabase('set synchronous_commit = off')],
    down: [ofDatabase('reset synchronous_commit')],
  },
  FewConnections: { up: [ofDatabase('connection limit 40')], down: [ofDatabase('connection limit -1')] },
  WithoutAutovacuum: {
    up: ['alter table orders set (autovacuum_enabled = off)'],
    down: ['alter table orders reset (autovacuum_enabled)'],
  },
  DropRareIndex: {
    up: ['drop index account_tokens_expires_at_idx'],
    down: ['create index account_tokens_expires_at_idx on account_tokens (expires_at)'],
  },
  TriggerThatUpdatesOthers: {
    up: trigger(
      'posts_author',
      'posts',
      'insert',
      'update users set updated_at = now() where id = new.user_id; return new;',
    ),
    down: noTrigger('posts_author', 'posts'),
  },
  SequenceNearItsEnd: { up: [`select setval('posts_id_seq', 2147000000)`], down: [] },
  SequenceWithCache: {
    up: ['alter sequence orders_id_seq cache 1000'],
    down: ['alter sequence orders_id_seq cache 1'],
  },
};
