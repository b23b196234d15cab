import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds idempotency keys, each with its request and response: a repeated request is executed only once. */
export class IdempotencyKeys1795568401000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `create table idempotency_keys (
    caller_id integer not null,
    operation text not null,
    key text not null,
    fingerprint bytea not null,
    expires_at timestamp(3) with time zone not null,
    status smallint,
    headers json,
    body text,
    constraint idempotency_keys_pkey primary key (caller_id, operation, key)
  )`,
  'create index idempotency_keys_expires_at_idx on idempotency_keys (expires_at)',
  // no foreign key: its check would lock the account, so that two requests of one person would wait for each other
  `create function forget_idempotency_keys() returns trigger language plpgsql as $$
    begin delete from idempotency_keys where caller_id = old.id; return null; end
  $$`,
  `create trigger users_forget_idempotency_keys after delete on users
    for each row execute function forget_idempotency_keys()`,
];

const DOWN = [
  'drop trigger users_forget_idempotency_keys on users',
  'drop function forget_idempotency_keys()',
  'drop table idempotency_keys',
];
