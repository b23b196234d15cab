import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds second factors: secrets for one-time codes, and recovery codes. */
export class SecondFactor1795392120000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table totps');
  }
}

const UP = `create table totps (
  user_id integer constraint totps_pkey primary key constraint totps_user_id_fkey references users on delete cascade,
  sealed_secret text not null,
  confirmed_at timestamp(3) with time zone,
  last_step integer not null default 0,
  failures integer not null default 0,
  failed_at timestamp(3) with time zone,
  recovery_hashes text array not null default '{}',
  created_at timestamp(3) with time zone not null default now()
)`;
