import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Records the progress of account imports. */
export class Imports1795568521000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table user_imports (
      user_id integer not null constraint user_imports_user_id_fkey references users on delete cascade,
      id uuid not null,
      rows integer not null default 0,
      digest text not null default '',
      created integer not null default 0,
      refused integer not null default 0,
      refusals json not null default '[]',
      created_at timestamp(3) with time zone not null default now(),
      constraint user_imports_pkey primary key (user_id, id)
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table user_imports');
  }
}
