import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds what people see of their sessions: the device, the last use, and an order for the list. */
export class Sessions1795392360000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `alter table sessions
    add column number bigserial not null,
    add column device text,
    add column last_used_at timestamp(3) with time zone not null default now()`,
  'update sessions set last_used_at = coalesce(rotated_at, created_at)',
  'create index sessions_user_id_number_idx on sessions (user_id, number)',
  'drop index sessions_user_id_idx',
];

const DOWN = [
  'create index sessions_user_id_idx on sessions (user_id)',
  'drop index sessions_user_id_number_idx',
  'alter table sessions drop column number, drop column device, drop column last_used_at',
];
